package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds shifts of whole cohorts, each judged as if it were one busy host, and publishes the
/// profiles of cohorts.
///
/// A measurement is judged relative to the baseline of its host. The baseline changes slowly, so a
/// shift that all hosts show at once remains visible. It does not matter which hosts the logins are
/// on.
final class CohortShiftFinder implements Finder<Deviation> {
  /// Instances of the topology may be a few commits apart.
  private static final Duration STRAGGLING = Duration.ofSeconds(30);

  /// The baseline of a host in the figures of the detector, whose bins begin at 1.
  private static final double NORMAL = 1e9;

  private final Detector detector;
  private final Decisions decisions;
  private final KeyStates states;
  private final Profiles profiles;
  private final CohortLearning learning;
  private final OpenAlerts alerts;
  private final Paces paces;

  /// @param states of the detector, of this finder alone
  /// @param knowledge of [CohortLearning]
  CohortShiftFinder(
      DetectorSettings settings,
      KeyStates states,
      ByteStore knowledge,
      Profiles profiles,
      OpenAlerts alerts) {
    this.detector = new Detector(settings);
    this.decisions = new Decisions(detector);
    this.states = states;
    this.profiles = profiles;
    this.learning = new CohortLearning(knowledge, profiles);
    this.alerts = alerts;
    this.paces = new Paces(STRAGGLING, states::of);
  }

  @Override
  public List<Output> take(Deviation deviation, long nowMillis) {
    var out = new ArrayList<Output>();
    var cohort = deviation.getCohort();
    paces.heard(cohort, deviation.getAt(), nowMillis);
    var key = paces.measured(cohort, deviation.getSignal(), deviation.getStratum());
    var state = states.get(key);
    profiles
        .at(key, deviation.getAt())
        .ifPresent(profile -> judge(key, state, profile, deviation, out));
    learning
        .learn(deviation, state.alertOpen(), Instant.ofEpochMilli(nowMillis))
        .map(Output.Profiled::new)
        .ifPresent(out::add);
    paces.due(cohort).ifPresent(due -> close(cohort, due, out));
    return out;
  }

  @Override
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    paces.silent(nowMillis, (cohort, due) -> close(cohort, due, out));
    return out;
  }

  /// Writes what has changed to the stores.
  void write() {
    states.write();
    learning.write();
  }

  @Override
  public boolean owns(String subject) {
    return true;
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return paces
        .key(control.getCohort(), control.getSubject())
        .flatMap(key -> decide(key, control))
        .stream()
        .toList();
  }

  private Optional<Output> decide(SignalKey key, AlertControl control) {
    var state = states.get(key);
    Optional<Verdict> reached =
        profiles
            .at(key, control.getAcknowledgement().getAt())
            .flatMap(
                profile ->
                    decisions.apply(
                        control,
                        subject(key),
                        state,
                        context(key, profile),
                        (step, acknowledgement) -> verdict(key, profile, step, acknowledgement)));
    reached.ifPresent(_ -> states.put(key, state));
    return reached.map(verdict -> Output.of(alerts, verdict));
  }

  private void judge(
      SignalKey key, KeyState state, Profile profile, Deviation deviation, List<Output> out) {
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
    store(key, state, profile, steps, out);
  }

  private void close(String cohort, Instant due, List<Output> out) {
    for (var key : paces.keys(cohort)) {
      var state = states.get(key);
      if (detector.isDue(state, due)) {
        profiles
            .at(key, due)
            .ifPresent(
                profile -> {
                  var steps = detector.advance(state, context(key, profile), due);
                  store(key, state, profile, steps, out);
                });
      }
    }
  }

  private void store(
      SignalKey key, KeyState state, Profile profile, List<AlertStep> steps, List<Output> out) {
    states.put(key, state);
    steps.forEach(
        step -> out.add(Output.of(alerts, verdict(key, profile, step, Optional.empty()))));
  }

  private static Verdict verdict(
      SignalKey key, Profile profile, AlertStep step, Optional<Acknowledgement> acknowledgement) {
    return ShiftVerdicts.of(subject(key), key, step, scale(profile), List.of(), acknowledgement);
  }

  private static Subject subject(SignalKey key) {
    return Subject.ofCohort(key.owner(), key.subject());
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
        !Signals.of(key.signal()).rhythm() || profile.seasonKnown(),
        Math.max(1, profile.hosts()));
  }

  private static DeadZone scaled(DeadZone zone, double scale) {
    return new DeadZone(zone.relative(), zone.absolute() / scale);
  }
}
