package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Sentence;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.incident.Composer.Shown;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes one incident of the alerts that are there for one reason, and finds changes that slow sshd
/// down by comparing the hosts of a cohort.
///
/// Alerts of hosts that share a change which can be why (see
/// [io.halfsecond.streams.attribution.Suspects]) are one incident, from the first host on. Alerts
/// of hosts whose cohort moves as a whole at the same time are part of the cohort's. Others are
/// alone.
///
/// **Guarantees** that what comes out follows from the order of what goes in and the state of the
/// stores; that an alert is of one incident at most; and that an incident is over once its alerts
/// are, or their hosts are gone, and no comparison has shown it for [#STANDS_FOR].
///
/// Not safe for use by several threads.
public final class Incidents {
  /// How often hosts are compared, by event time.
  static final Duration EVERY = Duration.ofMinutes(2);

  /// How long an incident stands on a comparison that can't be made any more, because all hosts
  /// have the change, or too few.
  static final Duration STANDS_FOR = Duration.ofDays(1);

  /// What has been on some hosts and not on others for so long is no rollout any more.
  private static final Duration RECENT = Duration.ofDays(7);

  /// Up to so many members each is told at once; then what has happened since is told so often.
  private static final int FEW = 20;

  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

  private static final Duration TRANSIENT = Duration.ofMinutes(15);

  /// Hosts of which nothing has come for so long are forgotten.
  private static final Duration FORGOTTEN = Duration.ofDays(30);

  /// What comes of it.
  @FunctionalInterface
  public interface Output {
    /// A record of an incident.
    ///
    /// @param before its last one, if it was open
    void record(Optional<Alert> before, Alert now);
  }

  /// Each of this class alone.
  ///
  /// @param incidents what is open
  /// @param hosts what hosts are made of
  /// @param recents their last measurements
  public record Stores(ByteStore incidents, ByteStore hosts, ByteStore recents) {}

  private final ByteStore store;
  private final CohortHosts hosts;
  private final Recents recents;
  private final Budget budget;
  private final Output output;
  private final Map<String, CohortState> cohorts = new HashMap<>();

  public Incidents(Stores stores, Budget budget, Output output) {
    this.store = stores.incidents();
    this.hosts = new CohortHosts(stores.hosts());
    this.recents = new Recents(stores.recents());
    this.budget = budget;
    this.output = output;
  }

  /// The newest record of an open incident, if that is what stands at a key of the store of what is
  /// open.
  public static Optional<Alert> incident(String key, byte[] bytes) {
    return CohortState.incident(key, bytes);
  }

  /// A host has been measured.
  public void take(Deviation deviation) {
    var state = passTo(deviation.getCohort(), deviation.getAt());
    recents.take(deviation);
    if (state.lookedAt().equals(Instant.MIN)) {
      state.look(state.clock);
    } else if (!state.clock.isBefore(state.lookedAt().plus(EVERY))) {
      look(deviation.getCohort(), state);
    }
  }

  /// It was looked what a host's sshd is made of.
  public void take(HostFingerprint fingerprint) {
    hosts.take(fingerprint.getCohort(), fingerprint);
    passTo(fingerprint.getCohort(), fingerprint.getAt());
  }

  /// A record of an alert of a host of a cohort, or of the cohort.
  public void take(Alert alert) {
    var state = passTo(alert.getCohort(), alert.getAt());
    var own = state.incidentOf(alert.getAlertId());
    if (OpenAlerts.isOver(alert)) {
      state.leaveAlone(alert.getAlertId());
      if (OpenAlerts.decision(alert) == Decision.ACCEPT) {
        recents.forget(
            new SignalKey(alert.getCohort(), alert.getSignal(), alert.getStratum()),
            alert.getHost());
      }
      own.ifPresent(incident -> join(state, incident, alert));
      return;
    }
    var fitting = own.or(() -> fitting(state, alert));
    if (fitting.isPresent()) {
      join(state, fitting.get(), alert);
    } else if (begins(state, alert)) {
      open(
          state,
          new Incident(Composer.begin(alert, state.clock)),
          List.of(alert),
          Optional.empty());
    } else {
      state.putAlone(alert);
    }
  }

  /// A person has decided about an incident. The decisions about its alerts are told to those that
  /// they are about.
  ///
  /// @return false if it is none that is open, or was accepted
  public boolean decide(AlertControl control) {
    var state = state(control.getCohort());
    var word = control.getAcknowledgement();
    var open = state.incident(control.getAlertId());
    return switch (word.getDecision()) {
      case ACCEPT -> open.map(incident -> accept(state, incident, word)).isPresent();
      case DISMISS -> open.map(incident -> acknowledge(state, incident, word)).isPresent();
      case ROLL_BACK ->
          state
              .takeBack(control.getAlertId())
              .map(alert -> tell(Optional.empty(), decided(alert, word)))
              .isPresent();
      // Of a newer version of the command.
      case UNKNOWN -> false;
    };
  }

  private CohortState state(String cohort) {
    return cohorts.computeIfAbsent(cohort, name -> CohortState.read(store, name));
  }

  private CohortState passTo(String cohort, Instant at) {
    var state = state(cohort);
    state.clock = at.isAfter(state.clock) ? Alerts.micros(at) : state.clock;
    for (var incident : state.incidents()) {
      if (incident.untold && !state.clock.isBefore(incident.last.getAt().plus(TOLD_EVERY))) {
        refresh(state, incident, Optional.empty());
      }
    }
    return state;
  }

  /// Of several the one that shares a change, and then the oldest.
  private static Optional<Incident> fitting(CohortState state, Alert alert) {
    return state.incidents().stream()
        .filter(incident -> incident.fits(alert))
        .min(
            Comparator.comparing((Incident incident) -> !incident.shares(alert))
                .thenComparing(incident -> incident.last.getOpenedAt())
                .thenComparing(Incident::id));
  }

  /// What a person does not want to hear of begins nothing, nor what has been accepted as part of
  /// another incident.
  private static boolean begins(CohortState state, Alert alert) {
    if (Alerts.dismissed(alert.getAcknowledgement())
        || state.accepted().stream().anyMatch(accepted -> isPartOf(accepted, alert))) {
      return false;
    }
    return alert.getScope() == AlertScope.COHORT || !Incident.traits(alert).isEmpty();
  }

  private static boolean isPartOf(Alert accepted, Alert alert) {
    boolean member =
        accepted.getMembers().stream()
            .anyMatch(each -> each.getAlertIds().contains(alert.getAlertId()));
    boolean cohorts =
        alert.getScope() == AlertScope.COHORT
            && accepted.getMembers().stream().anyMatch(each -> each.getHost().isEmpty())
            && Incident.together(accepted, alert);
    return member
        || cohorts
        || !Collections.disjoint(Incident.traits(accepted), Incident.traits(alert));
  }

  private void open(
      CohortState state, Incident incident, List<Alert> alerts, Optional<Shown> shown) {
    state.put(incident, incident.last);
    shown.ifPresent(_ -> state.compared(incident, state.clock));
    alerts.forEach(alert -> state.join(incident, alert));
    adopt(state, incident);
    var opened = composer(state, incident).compose(incident, shown, state.clock);
    boolean confirmed = opened.getConfirmed();
    opened.setConfirmed(false);
    opened.setSummary(Sentence.of(opened));
    state.put(incident, opened);
    tell(Optional.empty(), opened);
    if (confirmed) {
      next(
          state,
          incident,
          Alert.newBuilder(opened).setConfirmed(true).build(),
          AlertState.CONFIRMED);
    }
  }

  private void join(CohortState state, Incident incident, Alert alert) {
    state.join(incident, alert);
    adopt(state, incident);
    refresh(state, incident, Optional.empty());
  }

  /// Takes in those that were alone until now.
  private static void adopt(CohortState state, Incident incident) {
    state.alone().stream().filter(incident::fits).forEach(alert -> state.join(incident, alert));
  }

  private void refresh(CohortState state, Incident incident, Optional<Shown> shown) {
    var last = incident.last;
    boolean ended =
        !incident.isCompared() && incident.alerts.values().stream().allMatch(OpenAlerts::isOver);
    if (!ended
        && last.getMembers().size() > FEW
        && state.clock.isBefore(last.getAt().plus(TOLD_EVERY))) {
      incident.untold = true;
      return;
    }
    incident.untold = false;
    var composer = composer(state, incident);
    var next = composer.compose(incident, shown, state.clock);
    if (composer.isOver(incident, next)) {
      next(state, incident, next, over(incident, next));
    } else if (next.getConfirmed() && !last.getConfirmed()) {
      next(state, incident, next, AlertState.CONFIRMED);
    } else if (differs(last, next)) {
      next(state, incident, next, AlertState.UPDATED);
    }
  }

  private static AlertState over(Incident incident, Alert next) {
    boolean brief = Duration.between(next.getOnset(), next.getAt()).compareTo(TRANSIENT) < 0;
    return brief
            && !incident.alerts.isEmpty()
            && incident.alerts.values().stream()
                .allMatch(alert -> alert.getState() == AlertState.TRANSIENT)
        ? AlertState.TRANSIENT
        : AlertState.RESOLVED;
  }

  /// Whether a person would want to know: not the figures of one host, which its own alert tells,
  /// nor how many more hosts without the change were logged in to.
  private static boolean differs(Alert last, Alert next) {
    return !standings(last).equals(standings(next))
        || !last.getChanges().equals(next.getChanges())
        || last.getTier() != next.getTier()
        || !showing(last).equals(showing(next));
  }

  private static List<Integer> showing(Alert alert) {
    return alert
        .getContrast()
        .map(
            contrast ->
                List.of(
                    contrast.getWithShowing(),
                    contrast.getWithHosts(),
                    contrast.getWithoutShowing()))
        .orElse(List.of());
  }

  /// What a person wants to know of a member: how much slower it is stands in its own alert.
  private record Standing(String host, List<String> alertIds, boolean recovered) {}

  private static List<Standing> standings(Alert alert) {
    return alert.getMembers().stream()
        .map(member -> new Standing(member.getHost(), member.getAlertIds(), member.getRecovered()))
        .toList();
  }

  /// @param state of the incident, unless nobody wants to hear more of it
  private void next(CohortState cohort, Incident incident, Alert next, AlertState state) {
    var last = incident.last;
    boolean quiet =
        Alerts.dismissed(next.getAcknowledgement())
            && (state == AlertState.CONFIRMED || state == AlertState.UPDATED);
    next.setRevision(last.getRevision() + 1);
    next.setAt(cohort.clock);
    next.setState(quiet ? AlertState.ACKNOWLEDGED : state);
    next.setSummary(Sentence.of(next));
    if (OpenAlerts.isOver(next)) {
      cohort.end(incident);
    } else {
      cohort.put(incident, next);
    }
    tell(Optional.of(last), next);
  }

  private Alert tell(Optional<Alert> before, Alert now) {
    output.record(before, now);
    return now;
  }

  private Alert accept(CohortState state, Incident incident, Acknowledgement word) {
    var accepted = decided(incident.last, word);
    state.end(incident);
    state.accept(accepted);
    return tell(Optional.of(incident.last), accepted);
  }

  private Alert acknowledge(CohortState state, Incident incident, Acknowledgement word) {
    var before = incident.last;
    var acknowledged = decided(before, word);
    state.put(incident, acknowledged);
    return tell(Optional.of(before), acknowledged);
  }

  private static Alert decided(Alert last, Acknowledgement word) {
    return Alerts.decided(last, AlertState.ACKNOWLEDGED, word);
  }

  private Composer composer(CohortState state, Incident incident) {
    var elsewhere = new HashSet<String>();
    state.alone().forEach(alert -> addAlike(elsewhere, incident, alert));
    state.incidents().stream()
        .filter(other -> !other.id().equals(incident.id()))
        .forEach(
            other -> other.alerts.values().forEach(alert -> addAlike(elsewhere, incident, alert)));
    var cohort = incident.last.getCohort();
    return new Composer(hosts.of(cohort, state.clock), hosts.gone(cohort, state.clock), elsewhere);
  }

  private static void addAlike(Set<String> hosts, Incident incident, Alert alert) {
    if (!OpenAlerts.isOver(alert)
        && !alert.getHost().isEmpty()
        && alert.getSignal() == incident.last.getSignal()
        && alert.getDirection() == incident.last.getDirection()) {
      hosts.add(alert.getHost());
    }
  }

  /// Compares the hosts.
  private void look(String cohort, CohortState state) {
    var since = Duration.between(state.lookedAt(), state.clock);
    state.look(state.clock);
    state.forgetAccepted();
    hosts.forget(cohort, state.clock.minus(FORGOTTEN));
    var known = hosts.of(cohort, state.clock);
    var accepted = state.acceptedTraits();
    var watched = new HashSet<Trait>();
    state.incidents().forEach(incident -> watched.addAll(incident.traits()));
    var rollouts =
        Rollout.among(
            known,
            (trait, change) ->
                !accepted.contains(trait)
                    && (watched.contains(trait)
                        || !change.getAt().isBefore(state.clock.minus(RECENT))));
    if (!rollouts.isEmpty()) {
      double limit = budget.limitDays(1, Math.max(1, known.size()));
      Rollouts.look(rollouts, recents.of(cohort, state.clock.minus(FORGOTTEN)), since)
          .forEach(finding -> found(cohort, state, finding, limit));
    }
    release(state, known);
    // Hosts that are gone say nothing by which it would be noticed.
    state.incidents().forEach(incident -> refresh(state, incident, Optional.empty()));
  }

  private void found(String cohort, CohortState state, Rollouts.Finding finding, double limit) {
    var open =
        state.incidents().stream()
            .filter(
                incident -> !Collections.disjoint(finding.rollout().traits(), incident.traits()))
            .toList();
    open.forEach(incident -> follow(state, incident, finding, limit));
    if (open.isEmpty()) {
      finding
          .clearest()
          .filter(comparison -> finding.evidenceDays(comparison) >= limit)
          .ifPresent(
              comparison ->
                  open(
                      state,
                      new Incident(Composer.begin(cohort, finding, comparison, limit, state.clock)),
                      List.of(),
                      Optional.of(new Shown(finding.rollout(), comparison))));
    }
  }

  /// One that a comparison can be made of, and that it does not show any more, does not stand on
  /// it.
  private void follow(
      CohortState state, Incident incident, Rollouts.Finding finding, double limit) {
    var notable = finding.notable(incident.key());
    boolean shown =
        notable
            .filter(
                comparison -> incident.isCompared() || finding.evidenceDays(comparison) >= limit)
            .isPresent();
    if (shown) {
      state.compared(incident, state.clock);
      refresh(state, incident, notable.map(comparison -> new Shown(finding.rollout(), comparison)));
    } else if (incident.isCompared() && finding.isMadeOf(incident.key())) {
      release(state, incident);
    }
  }

  /// Where hosts can't be compared, because all have the change or too few, an incident stands on
  /// the last comparison for a while; where none has it any more, it does not.
  private void release(CohortState state, Map<String, CohortHosts.Known> known) {
    state.incidents().stream()
        .filter(Incident::isCompared)
        .filter(
            incident ->
                !state.clock.isBefore(incident.comparedAt.plus(STANDS_FOR))
                    || known.values().stream()
                        .allMatch(host -> Collections.disjoint(host.traits(), incident.traits())))
        .forEach(incident -> release(state, incident));
  }

  /// Its hosts that only a comparison has shown have recovered, as far as anybody knows.
  private void release(CohortState state, Incident incident) {
    var members =
        incident.last.getMembers().stream()
            .map(
                member ->
                    Incident.onlyCompared(member)
                        ? Member.newBuilder(member).setRecovered(true).build()
                        : member)
            .toList();
    var released = Alert.newBuilder(incident.last).setMembers(members).build();
    boolean over = incident.alerts.values().stream().allMatch(OpenAlerts::isOver);
    next(state, incident, released, over ? AlertState.RESOLVED : AlertState.UPDATED);
  }
}
