package io.halfsecond.streams.judge;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.alert.Verdict.Subject;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.telemetry.HostState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Judges every measurement and self-test of some hosts: those of one partition of the telemetry.
///
/// **Guarantees** that what comes out follows from the order of what goes in, the state of the
/// stores and the profiles that are published, and from nothing else.
///
/// Not safe for use by several threads.
public final class HostJudge {
  /// A host's topics come shifted against each other by a few seconds.
  private static final Duration STRAGGLING = Duration.ofSeconds(10);

  /// A median of fewer connections is too uncertain to compare the next one with.
  private static final long COMPARABLE_FROM = 30;

  /// What comes of a judgement.
  public interface Output {
    void verdict(Verdict verdict);

    void deviation(Deviation deviation);

    /// A key's state has changed.
    ///
    /// @param evidence by limit: an alert opens at 1
    void state(SignalKey key, double evidence, long baseline);
  }

  /// @param keys the detector's states
  /// @param selfTests bytes by host
  public record Stores(KeyStates keys, ByteStore selfTests) {}

  private final Detector detector;
  private final Budget budget;
  private final KeyStates states;
  private final SelfTests selfTests;
  private final Function<String, HostState> hosts;
  private final Profiles profiles;
  private final int partitions;
  private final Output output;
  private final Paces paces;
  private final Arbiter arbiter;

  /// @param hosts what is known of a host's telemetry, the record just taken included
  /// @param partitions how many partitions share the fleet: each has its part of a budget for the
  ///   fleet as a whole
  public HostJudge(
      DetectorSettings settings,
      Stores stores,
      Function<String, HostState> hosts,
      Profiles profiles,
      int partitions,
      Output output) {
    this.detector = new Detector(settings);
    this.budget = settings.budget();
    this.states = stores.keys();
    this.selfTests = new SelfTests(stores.selfTests(), hosts);
    this.hosts = hosts;
    this.profiles = profiles;
    this.partitions = partitions;
    this.output = output;
    this.paces = new Paces(STRAGGLING, states::of);
    this.arbiter = new Arbiter(detector);
  }

  /// A host that was known before.
  public void resume(String host, long nowMillis) {
    paces.heard(host, hosts.apply(host).clock(), nowMillis);
    for (String text : paces.keys(host)) {
      var key = SignalKey.parse(text);
      show(key, states.get(key), context(key, hosts.apply(host).clock()));
    }
  }

  public void take(String host, Reading reading, long nowMillis) {
    paces.heard(host, reading.at(), nowMillis);
    for (Measurement measurement : reading.measurements()) {
      judge(host, measurement);
    }
    reading
        .selfTest()
        .ifPresent(
            report ->
                selfTests
                    .take(report, budget.limitDays(Signals.share(Signal.SELFTEST), fleet()))
                    .forEach(output::verdict));
    paces.due(host).ifPresent(due -> close(host, due));
  }

  /// Time has passed on the wall.
  public void tick(long nowMillis) {
    paces.silent(nowMillis, this::close);
  }

  /// A person has decided about an alert of a host.
  ///
  /// @return false if neither a key nor a self-test has an alert that it could be about
  public boolean decide(AlertControl control) {
    for (String text : paces.keys(control.getHost())) {
      var key = SignalKey.parse(text);
      var state = states.get(key);
      var context = context(key, control.getAcknowledgement().getAt());
      var verdict = arbiter.decide(subject(key), state, context, 1, complete(key.owner()), control);
      if (verdict.isPresent()) {
        states.put(key, state);
        show(key, state, context);
        output.verdict(verdict.get());
        return true;
      }
    }
    var verdict = selfTests.decide(control);
    verdict.ifPresent(output::verdict);
    return verdict.isPresent();
  }

  private void judge(String host, Measurement measurement) {
    var key = new SignalKey(host, measurement.signal(), measurement.stratum());
    var state = states.get(key);
    var profile = profile(key, measurement.at());
    double season = profile.map(known -> known.season(measurement.at())).orElse(0.0);
    var context = context(key, profile);
    deviate(key, state, measurement, season);
    var steps =
        detector.observe(
            state,
            context,
            new Sample(
                measurement.id(),
                measurement.at(),
                measurement.value() / StrictMath.exp(season),
                measurement.source(),
                measurement.waiting()));
    states.put(key, state);
    paces.measured(host, key.text());
    show(key, state, context);
    publish(key, steps);
  }

  /// Tells the cohort, by what was known before the measurement.
  private void deviate(SignalKey key, KeyState state, Measurement measurement, double season) {
    var cohort = hosts.apply(key.owner()).cohort();
    double median = state.baselineMedian(Signals.bins(key.signal()));
    if (cohort.isEmpty() || state.baselineCount() < COMPARABLE_FROM || median <= 0) {
      return;
    }
    output.deviation(
        Deviation.newBuilder()
            .setId(measurement.id())
            .setHost(key.owner())
            .setCohort(cohort)
            .setSignal(key.signal())
            .setStratum(key.stratum())
            .setAt(measurement.at())
            .setValue(measurement.value())
            .setSeason((float) season)
            .setMedian(median)
            .setBaseline(state.baselineCount())
            .setSource(measurement.source())
            .setWaiting((float) measurement.waiting())
            .setAlertOpen(state.alertOpen())
            .build());
  }

  private void close(String host, Instant due) {
    for (String text : paces.keys(host)) {
      var key = SignalKey.parse(text);
      var state = states.get(key);
      if (detector.isDue(state, due)) {
        var context = context(key, due);
        var steps = detector.advance(state, context, due);
        states.put(key, state);
        show(key, state, context);
        publish(key, steps);
      }
    }
  }

  private void publish(SignalKey key, List<AlertStep> steps) {
    for (AlertStep step : steps) {
      output.verdict(
          new Verdict.Step(
              subject(key),
              step,
              1,
              hosts.apply(key.owner()).completeSince(step.facts().onset()),
              Optional.empty()));
    }
  }

  private Function<Instant, Boolean> complete(String host) {
    return onset -> hosts.apply(host).completeSince(onset);
  }

  private Subject subject(SignalKey key) {
    return new Subject(key, hosts.apply(key.owner()).cohort(), false);
  }

  private Optional<Profile> profile(SignalKey key, Instant at) {
    var cohort = hosts.apply(key.owner()).cohort();
    return cohort.isEmpty()
        ? Optional.empty()
        : profiles.at(new SignalKey(cohort, key.signal(), key.stratum()), at);
  }

  private Context context(SignalKey key, Instant at) {
    return context(key, profile(key, at));
  }

  private Context context(SignalKey key, Optional<Profile> profile) {
    boolean deseasonalised =
        !Signals.hasRhythm(key.signal()) || profile.filter(Profile::seasonKnown).isPresent();
    return new Context(
        Signals.settings(key.signal(), key.stratum()),
        profile.flatMap(Profile::prior),
        deseasonalised,
        fleet());
  }

  /// Hosts that share the fleet's budget, as far as this partition can tell.
  private long fleet() {
    return Math.max(1, (long) paces.owners() * partitions);
  }

  private void show(SignalKey key, KeyState state, Context context) {
    output.state(key, state.evidenceRatio(detector.limitDays(context)), state.baselineCount());
  }
}
