package io.halfsecond.streams.judge;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.alert.Verdict.Subject;
import io.halfsecond.streams.cohort.CohortLearning;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.DeadZone;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.detector.SignalSettings;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Judges cohorts as if each were one busy host, and publishes what their hosts have in common.
///
/// A measurement counts by how it stands to its own host's normal. That is slow to change, so a
/// shift that all hosts show at once is not lost in it; and it does not matter which hosts happen
/// to be logged in to.
///
/// Not safe for use by several threads.
public final class CohortJudge {
  /// Instances may be some commits apart.
  private static final Duration STRAGGLING = Duration.ofSeconds(30);

  /// What a host's normal is in the detector's figures: these begin at 1.
  private static final double NORMAL = 1e9;

  /// What comes of a judgement.
  public interface Output {
    void verdict(Verdict verdict);

    void profile(CohortProfile profile);
  }

  private final Detector detector;
  private final KeyStates states;
  private final Profiles profiles;
  private final CohortLearning learning;
  private final Output output;
  private final Paces paces;
  private final Arbiter arbiter;

  /// @param states of the detector
  /// @param knowledge of [CohortLearning]
  public CohortJudge(
      DetectorSettings settings,
      KeyStates states,
      ByteStore knowledge,
      Profiles profiles,
      Output output) {
    this.detector = new Detector(settings);
    this.states = states;
    this.profiles = profiles;
    this.learning = new CohortLearning(knowledge, profiles);
    this.output = output;
    this.paces = new Paces(STRAGGLING, states::of);
    this.arbiter = new Arbiter(detector);
  }

  public void take(Deviation deviation, long nowMillis) {
    var cohort = deviation.getCohort();
    var key = new SignalKey(cohort, deviation.getSignal(), deviation.getStratum());
    var state = states.get(key);
    paces.heard(cohort, deviation.getAt(), nowMillis);
    profiles.at(key, deviation.getAt()).ifPresent(profile -> judge(key, state, profile, deviation));
    learning
        .learn(deviation, state.alertOpen(), Instant.ofEpochMilli(nowMillis))
        .ifPresent(output::profile);
    paces.due(cohort).ifPresent(due -> close(cohort, due));
  }

  /// Time has passed on the wall.
  public void tick(long nowMillis) {
    paces.silent(nowMillis, this::close);
  }

  /// A person has decided about an alert of a cohort.
  ///
  /// @return false if no key has an alert that it could be about
  public boolean decide(AlertControl control) {
    for (String text : paces.keys(control.getCohort())) {
      var key = SignalKey.parse(text);
      var profile = profiles.at(key, control.getAcknowledgement().getAt());
      var state = states.get(key);
      var verdict =
          profile.flatMap(
              known ->
                  arbiter.decide(
                      subject(key), state, context(key, known), scale(known), _ -> true, control));
      if (verdict.isPresent()) {
        states.put(key, state);
        output.verdict(verdict.get());
        return true;
      }
    }
    return false;
  }

  private void judge(SignalKey key, KeyState state, Profile profile, Deviation deviation) {
    double value =
        deviation.getValue() / StrictMath.exp(deviation.getSeason()) / deviation.getMedian();
    var steps =
        detector.observe(
            state,
            context(key, profile),
            new Sample(
                deviation.getHost() + "/" + deviation.getId(),
                deviation.getAt(),
                value * NORMAL,
                deviation.getSource(),
                deviation.getWaiting() < 0 ? Sample.NOT_KNOWN : deviation.getWaiting()));
    states.put(key, state);
    paces.measured(key.owner(), key.text());
    publish(key, profile, steps);
  }

  private void close(String cohort, Instant due) {
    for (String text : paces.keys(cohort)) {
      var key = SignalKey.parse(text);
      var state = states.get(key);
      if (detector.isDue(state, due)) {
        profiles
            .at(key, due)
            .ifPresent(
                profile -> {
                  var steps = detector.advance(state, context(key, profile), due);
                  states.put(key, state);
                  publish(key, profile, steps);
                });
      }
    }
  }

  private void publish(SignalKey key, Profile profile, List<AlertStep> steps) {
    for (AlertStep step : steps) {
      output.verdict(new Verdict.Step(subject(key), step, scale(profile), true, Optional.empty()));
    }
  }

  private static Subject subject(SignalKey key) {
    return new Subject(key, key.owner(), true);
  }

  private static double scale(Profile profile) {
    return StrictMath.exp(profile.logMedian()) / NORMAL;
  }

  /// A cohort has the budget of one of its hosts.
  private static Context context(SignalKey key, Profile profile) {
    var host = Signals.settings(key.signal(), key.stratum());
    double scale = scale(profile);
    var settings =
        new SignalSettings(
            host.bins(), scaled(host.step(), scale), scaled(host.creep(), scale), host.share());
    return new Context(
        settings,
        Optional.empty(),
        !Signals.hasRhythm(key.signal()) || profile.seasonKnown(),
        Math.max(1, profile.hosts()));
  }

  private static DeadZone scaled(DeadZone zone, double scale) {
    return new DeadZone(zone.relative(), zone.absolute() / scale);
  }
}
