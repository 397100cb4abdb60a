package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.cohort.Deviations;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Finds shifts of the signals of hosts. Compares each measurement with its host's baseline and
/// reports the deviation to the host's cohort.
final class ShiftFinder implements Finder<Reading> {
  /// The median of fewer connections is too uncertain for a comparison.
  private static final long COMPARABLE_FROM = 30;

  private final Detector detector;
  private final Decisions decisions;
  private final KeyStates states;
  private final HostStates hosts;
  private final HostProfiles profiles;
  private final Paces paces;
  private final OpenAlerts alerts;
  private final LongSupplier fleet;

  /// @param states of this finder alone
  /// @param paces of the hosts; the engine updates them before it calls [#take]
  /// @param fleet number of hosts that share the budget of the fleet
  ShiftFinder(
      DetectorSettings settings,
      KeyStates states,
      HostStates hosts,
      HostProfiles profiles,
      Paces paces,
      OpenAlerts alerts,
      LongSupplier fleet) {
    this.detector = new Detector(settings);
    this.decisions = new Decisions(detector);
    this.states = states;
    this.hosts = hosts;
    this.profiles = profiles;
    this.paces = paces;
    this.alerts = alerts;
    this.fleet = fleet;
  }

  /// The evidence of the keys of a host, to show it again after a restart.
  List<Output> resume(String host) {
    var at = hosts.get(host).clock();
    return paces.keys(host).stream()
        .map(key -> evidence(key, states.get(key), context(key, at)))
        .toList();
  }

  /// The baselines of a host by signal, each over all strata of the signal; none that is empty.
  /// While strata of a signal are shifted it is theirs alone: others may have begun since and know
  /// nothing else.
  Map<Signal, Distribution> baselines(String host) {
    var samples = new EnumMap<Signal, Histogram>(Signal.class);
    var shifted = EnumSet.noneOf(Signal.class);
    for (var key : paces.keys(host)) {
      var state = states.get(key);
      if (state.alertOpen() && shifted.add(key.signal())) {
        samples.remove(key.signal());
      }
      if (state.alertOpen() || !shifted.contains(key.signal())) {
        samples.computeIfAbsent(key.signal(), _ -> new Histogram()).add(state.baseline());
      }
    }
    var baselines = new EnumMap<Signal, Distribution>(Signal.class);
    samples.forEach(
        (signal, all) -> {
          if (all.total() > 0) {
            baselines.put(signal, new Distribution(all, Signals.bins(signal)));
          }
        });
    return baselines;
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    var out = new ArrayList<Output>();
    var deviations = new ArrayList<Deviation>();
    for (Measurement measurement : reading.measurements()) {
      judge(reading.host(), measurement, deviations, out);
    }
    report(deviations, out);
    paces.due(reading.host()).ifPresent(due -> close(reading.host(), due, out));
    return out;
  }

  @Override
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    paces.silent(nowMillis, (host, due) -> close(host, due, out));
    return out;
  }

  @Override
  public void forget(String host) {
    states.forget(host);
    paces.forget(host);
  }

  @Override
  public boolean owns(String subject) {
    int slash = subject.indexOf('/');
    return slash > 0 && Signals.find(subject.substring(0, slash)).isPresent();
  }

  @Override
  public List<Output> decide(AlertControl control) {
    // Before it: a roll-back forgets what was accepted with the alert.
    var movedWith = movedWith(control);
    var out = new ArrayList<>(decideOne(control));
    if (!out.isEmpty()) {
      var word = control.getAcknowledgement();
      movedWith.forEach(other -> out.addAll(decideOne(Alerts.control(other, word))));
      acceptedWith(control).forEach(other -> out.addAll(decideOne(Alerts.control(other, word))));
    }
    release(out);
    return out;
  }

  /// The alerts that a decision is about too, because they moved with the alert.
  private List<Alert> movedWith(AlertControl control) {
    var others =
        switch (control.getAcknowledgement().getDecision()) {
          case ACCEPT, DISMISS -> alerts.open(control.getHost());
          case ROLL_BACK -> alerts.accepted(control.getHost());
          case UNKNOWN -> List.<Alert>of();
        };
    return others.stream()
        .filter(other -> other.getMovedWith().filter(control.getAlertId()::equals).isPresent())
        .toList();
  }

  /// Open alerts that an acceptance holds for too, although they have not moved with the alert.
  private List<Alert> acceptedWith(AlertControl control) {
    return alerts.open(control.getHost()).stream()
        .filter(
            other ->
                alerts.acceptanceOf(other).filter(control.getAcknowledgement()::equals).isPresent())
        .toList();
  }

  private List<Output> decideOne(AlertControl control) {
    return paces
        .key(control.getHost(), control.getSubject())
        .map(key -> decide(key, control))
        .orElse(List.of());
  }

  private List<Output> decide(SignalKey key, AlertControl control) {
    var state = states.get(key);
    var context = context(key, control.getAcknowledgement().getAt());
    return decisions
        .apply(
            control,
            subject(key),
            state,
            context,
            (step, acknowledgement) -> verdict(key, step, acknowledgement))
        .map(
            verdict -> {
              states.put(key, state);
              return List.of(evidence(key, state, context), Output.of(alerts, verdict));
            })
        .orElse(List.of());
  }

  /// @param deviations that have not been reported to the cohort yet
  private void judge(
      String host, Measurement measurement, List<Deviation> deviations, List<Output> out) {
    var key = paces.measured(host, measurement.signal(), measurement.stratum());
    var state = states.get(key);
    var profile = profiles.of(key, measurement.at());
    double season = profile.map(known -> known.season(measurement.at())).orElse(0.0);
    var context = context(key, profile);
    deviation(key, state, measurement, season).ifPresent(deviations::add);
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
    if (!steps.isEmpty()) {
      // The cohort hears of an alert after the measurement that led to it.
      report(deviations, out);
    }
    store(key, state, context, steps, out);
  }

  private void store(
      SignalKey key, KeyState state, Context context, List<AlertStep> steps, List<Output> out) {
    // A person may have decided about the change already, when other signals showed it.
    var decided =
        steps.stream()
            .filter(AlertStep.Opened.class::isInstance)
            .findFirst()
            .flatMap(opened -> alerts.decisionOn(verdict(key, opened, Optional.empty())));
    var taken =
        decided.map(word -> decided(steps, word.getDecision(), state, context)).orElse(steps);
    states.put(key, state);
    out.add(evidence(key, state, context));
    var alerted = new ArrayList<Output>();
    taken.forEach(step -> alerted.add(Output.of(alerts, verdict(key, step, decided))));
    release(alerted);
    out.addAll(alerted);
  }

  private List<AlertStep> decided(
      List<AlertStep> steps, Decision decision, KeyState state, Context context) {
    return decision == Decision.ACCEPT
        ? detector.accept(state, context, steps.getFirst().facts().at())
        : steps.stream()
            .map(
                step ->
                    step instanceof AlertStep.Opened
                        ? new AlertStep.Acknowledged(step.facts())
                        : step)
            .toList();
  }

  /// Adds the changes of alerts for which another one no longer stands.
  private void release(List<Output> out) {
    for (var output : List.copyOf(out)) {
      if (output instanceof Output.Alerted(var change, var at)) {
        alerts.released(change).forEach(other -> out.add(new Output.Alerted(other, at)));
      }
    }
  }

  private static void report(List<Deviation> deviations, List<Output> out) {
    if (!deviations.isEmpty()) {
      var packed = Deviations.pack(deviations);
      out.add(new Output.ToCohort(new CohortInput(packed), packed.getAt()));
      deviations.clear();
    }
  }

  /// The deviation of the measurement from the baseline before it, for the cohort.
  private Optional<Deviation> deviation(
      SignalKey key, KeyState state, Measurement measurement, double season) {
    var cohort = hosts.get(key.owner()).cohort();
    double median = state.baselineMedian(Signals.bins(key.signal()));
    if (cohort.isEmpty() || state.baselineCount() < COMPARABLE_FROM || median <= 0) {
      return Optional.empty();
    }
    return Optional.of(
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

  private void close(String host, Instant due, List<Output> out) {
    for (var key : paces.keys(host)) {
      var state = states.get(key);
      if (detector.isDue(state, due)) {
        var context = context(key, due);
        store(key, state, context, detector.advance(state, context, due), out);
      }
    }
  }

  private Verdict.Step verdict(
      SignalKey key, AlertStep step, Optional<Acknowledgement> acknowledgement) {
    var losses = hosts.get(key.owner()).lossesSince(step.facts().onset());
    return ShiftVerdicts.of(subject(key), key, step, 1, losses, acknowledgement);
  }

  private Subject subject(SignalKey key) {
    return Subject.ofHost(key.owner(), hosts.get(key.owner()).cohort(), key.subject());
  }

  private Context context(SignalKey key, Instant at) {
    return context(key, profiles.of(key, at));
  }

  private Context context(SignalKey key, Optional<Profile> profile) {
    boolean deseasonalised =
        !Signals.of(key.signal()).rhythm() || profile.filter(Profile::seasonKnown).isPresent();
    return new Context(
        Signals.settings(key.signal(), key.stratum()),
        profile.flatMap(Profile::prior),
        deseasonalised,
        fleet.getAsLong());
  }

  private Output evidence(SignalKey key, KeyState state, Context context) {
    return new Output.Evidence(
        key, state.evidenceRatio(detector.limitDays(context)), state.baselineCount());
  }
}
