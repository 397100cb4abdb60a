package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.gate.Trial;
import io.halfsecond.streams.gate.TrialChange;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Begins a [Trial] of each host that gets a change which other hosts may share, with companions
/// from its cohort and partition, and passes measurements to it. It opens no alerts.
///
/// A host gets a companion only if that has none of its changes, has had none itself for a week,
/// and accompanies no other host that could not spare it.
final class TrialFinder implements Finder<Reading> {
  /// Hosts of a cohort that are looked at for one trial: each costs decoding its history.
  private static final int MOST_LOOKED_AT = 64;

  /// A host that has been silent for longer is a poor companion.
  private static final Duration SILENT = Duration.ofHours(1);

  private final Trials trials;
  private final KeyStates states;
  private final HostStates hosts;
  private final HostProfiles profiles;
  private final Paces paces;
  private final OpenAlerts alerts;

  /// The hosts of each cohort.
  private final Map<String, TreeSet<String>> cohorts = new TreeMap<>();

  /// The cohort that a host is listed in.
  private final Map<String, String> listed = new HashMap<>();

  /// @param trials of this finder alone
  TrialFinder(
      Trials trials,
      KeyStates states,
      HostStates hosts,
      HostProfiles profiles,
      Paces paces,
      OpenAlerts alerts) {
    this.trials = trials;
    this.states = states;
    this.hosts = hosts;
    this.profiles = profiles;
    this.paces = paces;
    this.alerts = alerts;
  }

  /// A host is known from before a restart.
  void resume(String host) {
    list(host, hosts.get(host).cohort());
  }

  private void list(String host, String cohort) {
    if (!cohort.equals(listed.get(host))) {
      unlist(host);
      if (!cohort.isEmpty()) {
        listed.put(host, cohort);
        cohorts.computeIfAbsent(cohort, _ -> new TreeSet<>()).add(host);
      }
    }
  }

  private void unlist(String host) {
    var cohort = listed.remove(host);
    if (cohort != null) {
      var names = cohorts.getOrDefault(cohort, new TreeSet<>());
      names.remove(host);
      if (names.isEmpty()) {
        cohorts.remove(cohort);
      }
    }
  }

  /// A host was inspected. Must be called after [OpenAlerts#take(String,
  /// io.halfsecond.streams.measurement.Inspection)].
  ///
  /// @param found changes that are new
  void inspected(HostFingerprint fingerprint, List<Change> found) {
    var host = fingerprint.getHost();
    list(host, fingerprint.getCohort());
    var changes = found.stream().map(TrialChange::of).flatMap(Optional::stream).toList();
    if (changes.isEmpty()) {
      return;
    }
    var unchangedUntil =
        found.stream()
            .filter(change -> TrialChange.of(change).isPresent())
            .map(Change::getNotBefore)
            .min(Comparator.naturalOrder())
            .orElseThrow();
    trials.endBefore(fingerprint.getAt());
    var accompanied = leave(host, unchangedUntil);
    var earlier = earlier(host, changes);
    trials.end(host);
    var trial =
        Trial.of(
            host,
            Stream.concat(earlier.stream(), changes.stream()).toList(),
            past(host, unchangedUntil));
    accompany(host, trial, fingerprint.getAt());
    trials.put(host, trial);
    accompanied.ifPresent(this::replace);
  }

  /// What else has changed on the host within a week, unless it has changed again.
  private List<TrialChange> earlier(String host, List<TrialChange> changes) {
    var since = changes.getFirst().at().minus(Trial.LENGTH);
    return trials.of(host).map(Trial::changes).orElse(List.of()).stream()
        .filter(change -> change.at().isAfter(since))
        .filter(change -> changes.stream().noneMatch(newer -> newer.replaces(change)))
        .toList();
  }

  /// What a host has measured so far, by signal and stratum. A key whose alert was open before a
  /// time has no past that is worth a comparison.
  private Map<String, Histogram> past(String host, Instant at) {
    var past = new HashMap<String, Histogram>();
    for (var key : paces.keys(host)) {
      if (Trial.takes(key.signal())) {
        var state = states.get(key);
        if (state.alertOpenedAt().filter(opened -> opened.isBefore(at)).isEmpty()) {
          past.put(key.subject(), state.past(Trial.FEWEST_BEFORE));
        }
      }
    }
    return past;
  }

  /// Fills the vacancies of a trial: with free hosts first, then with those that others can spare.
  private void accompany(String host, Trial trial, Instant at) {
    var fit = fit(host, trial, at);
    for (Predicate<String> which : List.<Predicate<String>>of(this::isFree, this::isSpare)) {
      for (var candidate : fit) {
        if (trial.vacancies() > 0 && which.test(candidate)) {
          // Once one is enough, nobody else has to do without.
          if (!isFree(candidate) && !trial.companions().isEmpty()) {
            return;
          }
          leave(candidate, at);
          trial.join(candidate, past(candidate, Instant.MAX));
        }
      }
    }
  }

  private boolean isFree(String candidate) {
    return !trials.concern(candidate);
  }

  private boolean isSpare(String candidate) {
    return trials
        .accompaniedBy(candidate)
        .flatMap(trials::of)
        .filter(trial -> trial.companions().size() > 1)
        .isPresent();
  }

  /// Hosts of the cohort without the changes. Each host begins with those that follow it in the
  /// order of names.
  private List<String> fit(String host, Trial trial, Instant at) {
    var cohort = cohorts.getOrDefault(listed.getOrDefault(host, ""), new TreeSet<>());
    return Stream.concat(cohort.tailSet(host, false).stream(), cohort.headSet(host).stream())
        .filter(candidate -> isFree(candidate) || isSpare(candidate))
        .limit(MOST_LOOKED_AT)
        .filter(candidate -> hosts.get(candidate).clock().plus(SILENT).isAfter(at))
        .filter(
            candidate ->
                alerts.fingerprint(candidate).filter(known -> !trial.isAbout(known)).isPresent())
        .toList();
  }

  /// A host stops to accompany another, if it does.
  ///
  /// @param from since when it has changed, or is needed elsewhere
  /// @return the other
  private Optional<String> leave(String companion, Instant from) {
    var subject = trials.accompaniedBy(companion);
    subject.ifPresent(
        host ->
            trials
                .of(host)
                .ifPresent(
                    trial -> {
                      trial.leave(companion, from);
                      trials.put(host, trial);
                    }));
    return subject;
  }

  /// Finds another companion for a host that has lost one.
  private void replace(String host) {
    trials
        .of(host)
        .ifPresent(
            trial -> {
              accompany(host, trial, hosts.get(host).clock());
              trials.put(host, trial);
            });
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    if (trials.concern(reading.host())) {
      reading.measurements().stream()
          .filter(measurement -> Trial.takes(measurement.signal()))
          .forEach(measurement -> take(reading.host(), measurement));
    }
    return List.of();
  }

  private void take(String host, Measurement measurement) {
    var key = paces.measured(host, measurement.signal(), measurement.stratum());
    double season =
        profiles.of(key, measurement.at()).map(known -> known.season(measurement.at())).orElse(0.0);
    trials.take(
        host, key.subject(), measurement.at(), measurement.value() / StrictMath.exp(season));
  }

  @Override
  public void forget(String host) {
    var accompanied = leave(host, hosts.get(host).clock());
    trials.end(host);
    unlist(host);
    accompanied.ifPresent(this::replace);
  }

  @Override
  public boolean owns(String subject) {
    return false;
  }

  @Override
  public List<Output> decide(AlertControl control) {
    return List.of();
  }
}
