package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.alert.AlertChange;
import io.halfsecond.streams.alert.AlertTexts;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.incident.Composer.Shown;
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Groups alerts with one cause into one incident, and finds changes that slow sshd down by
/// comparing the hosts of a cohort.
///
/// Alerts of hosts that share a suspected change (see [io.halfsecond.streams.attribution.Suspects])
/// are one incident, from the first host on. Alerts of hosts whose cohort moves as a whole at the
/// same time belong to the cohort's incident. Other alerts belong to none.
///
/// **Guarantees** that the output follows from the order of the input and the state of the stores;
/// that an alert is part of one incident at most; and that an incident is over once its alerts are,
/// or their hosts are silent for days, and no comparison has shown it for [#STANDS_FOR].
///
/// Not safe for use by several threads.
public final class Incidents {
  /// How often hosts are compared, by event time.
  static final Duration EVERY = Duration.ofMinutes(2);

  /// How long the last comparison keeps an incident open after comparing has become impossible,
  /// because all hosts have the change, or too few.
  static final Duration STANDS_FOR = Duration.ofDays(1);

  /// A change older than this is not compared, even if only some hosts have it.
  private static final Duration RECENT = Duration.ofDays(7);

  /// Up to this number of members every change of an incident is published at once. Above it,
  /// updates are published at most once in [#UPDATE_EVERY].
  private static final int FEW = 20;

  private static final Duration UPDATE_EVERY = Duration.ofSeconds(10);

  private static final Duration TRANSIENT = Duration.ofMinutes(15);

  /// Hosts that have been silent for longer are forgotten: not before their alerts have ended,
  /// because they have retired by then. Their last fingerprint may be a day older than their last
  /// record, and they retire up to a day late.
  private static final Duration FORGOTTEN = Duration.ofDays(34);

  /// Each of this class alone.
  ///
  /// @param incidents open incidents and alerts
  /// @param hosts histories of hosts
  /// @param recents last measurements of hosts
  public record IncidentStores(ByteStore incidents, ByteStore hosts, ByteStore recents) {}

  private static final Duration FORGET_EVERY = Duration.ofDays(1);

  private final ByteStore store;
  private final CohortHosts hosts;
  private final RecentDeviationStore recents;
  private final Budget budget;
  private final List<AlertChange> changes = new ArrayList<>();
  private final Map<String, OpenIncidents> cohorts = new HashMap<>();

  public Incidents(IncidentStores stores, Budget budget) {
    this.store = stores.incidents();
    this.hosts = new CohortHosts(stores.hosts());
    this.recents = new RecentDeviationStore(stores.recents());
    this.budget = budget;
  }

  /// The newest records of open incidents of all cohorts.
  public List<Alert> open() {
    return OpenIncidents.records(store);
  }

  /// Writes what has changed to the stores.
  public void write() {
    recents.write();
  }

  /// A host was measured.
  public List<AlertChange> take(Deviation deviation) {
    var state = passTo(deviation.getCohort(), deviation.getAt());
    recents.take(deviation);
    if (state.scannedAt().equals(Instant.MIN)) {
      state.scanned(state.clock);
    } else if (!state.clock.isBefore(state.scannedAt().plus(EVERY))) {
      scan(deviation.getCohort(), state);
    }
    return drain();
  }

  /// A host was inspected.
  public List<AlertChange> take(HostFingerprint fingerprint) {
    hosts.take(fingerprint.getCohort(), fingerprint);
    passTo(fingerprint.getCohort(), fingerprint.getAt());
    return drain();
  }

  /// A record of an alert of a host of a cohort, or of the cohort.
  public List<AlertChange> take(Alert alert) {
    handle(alert);
    return drain();
  }

  private List<AlertChange> drain() {
    var drained = List.copyOf(changes);
    changes.clear();
    return drained;
  }

  private void handle(Alert alert) {
    var state = passTo(alert.getCohort(), alert.getAt());
    var own = state.incidentOf(alert.getAlertId());
    if (OpenAlerts.isOver(alert)) {
      state.leaveAlone(alert.getAlertId());
      if (OpenAlerts.decision(alert) == Decision.ACCEPT) {
        recents.forget(alert.getCohort(), alert.getSubject(), alert.getHost());
      }
      own.ifPresent(incident -> join(state, incident, alert));
      return;
    }
    boolean accepted = wasAccepted(state, alert);
    own.filter(incident -> !DecidedIncident.takes(incident.last, alert))
        .ifPresent(incident -> leave(state, incident, alert));
    var kept = own.filter(incident -> DecidedIncident.takes(incident.last, alert));
    var fitting = accepted ? kept : kept.or(() -> fitting(state, alert));
    if (fitting.isPresent()) {
      join(state, fitting.get(), alert);
    } else if (!accepted && begins(alert)) {
      open(
          state,
          new OpenIncident(Composer.begin(alert, state.clock)),
          List.of(alert),
          Optional.empty());
    } else {
      state.putAlone(alert);
    }
  }

  /// Applies a decision about an incident. The decisions about its alerts come separately.
  ///
  /// @return empty if the incident is neither open nor accepted
  public List<AlertChange> decide(AlertControl control) {
    var state = state(control.getCohort());
    var acknowledgement = control.getAcknowledgement();
    var open = state.incident(control.getAlertId());
    switch (acknowledgement.getDecision()) {
      case ACCEPT -> open.ifPresent(incident -> accept(state, incident, acknowledgement));
      case DISMISS -> open.ifPresent(incident -> dismiss(state, incident, acknowledgement));
      case ROLL_BACK ->
          state
              .takeBack(control.getAlertId())
              .ifPresent(alert -> publish(Optional.empty(), decided(alert, acknowledgement)));
      // A decision of a newer version.
      case UNKNOWN -> {}
    }
    return drain();
  }

  private OpenIncidents state(String cohort) {
    return cohorts.computeIfAbsent(cohort, name -> OpenIncidents.read(store, name));
  }

  private OpenIncidents passTo(String cohort, Instant at) {
    var state = state(cohort);
    state.clock = at.isAfter(state.clock) ? Alerts.micros(at) : state.clock;
    for (var incident : state.incidents()) {
      if (incident.due && !state.clock.isBefore(incident.last.getAt().plus(UPDATE_EVERY))) {
        refresh(state, incident, Optional.empty());
      }
    }
    return state;
  }

  /// Of several incidents the one that shares a change, and then the oldest.
  private static Optional<OpenIncident> fitting(OpenIncidents state, Alert alert) {
    return state.incidents().stream()
        .filter(incident -> incident.fits(alert) && DecidedIncident.takes(incident.last, alert))
        .min(
            Comparator.comparing((OpenIncident incident) -> !incident.shares(alert))
                .thenComparing(incident -> incident.last.getOpenedAt())
                .thenComparing(OpenIncident::id));
  }

  private static boolean wasAccepted(OpenIncidents state, Alert alert) {
    return state.accepted().stream().anyMatch(accepted -> DecidedIncident.covers(accepted, alert));
  }

  /// A dismissed alert begins no incident.
  private static boolean begins(Alert alert) {
    if (Alerts.dismissed(alert.getAcknowledgement())) {
      return false;
    }
    return alert.getScope() == AlertScope.COHORT || !Trait.suspected(alert).isEmpty();
  }

  /// The decision that holds for an alert of the cohort, because it is part of an incident that was
  /// decided about.
  ///
  /// @param alert newest record, which was taken
  public Optional<Acknowledgement> decisionOn(Alert alert) {
    if (alert.getScope() != AlertScope.COHORT
        || OpenAlerts.isOver(alert)
        || Alerts.dismissed(alert.getAcknowledgement())) {
      return Optional.empty();
    }
    var state = state(alert.getCohort());
    var own = state.incidentOf(alert.getAlertId()).map(incident -> incident.last);
    return own.isPresent()
        ? own.flatMap(Alert::getAcknowledgement).filter(word -> Alerts.dismissed(Optional.of(word)))
        : state.accepted().stream()
            .filter(accepted -> DecidedIncident.covers(accepted, alert))
            .flatMap(accepted -> accepted.getAcknowledgement().stream())
            .findFirst();
  }

  private void open(
      OpenIncidents state, OpenIncident incident, List<Alert> alerts, Optional<Shown> shown) {
    state.put(incident, incident.last);
    shown.ifPresent(_ -> state.compared(incident, state.clock));
    alerts.forEach(alert -> state.join(incident, alert));
    adopt(state, incident);
    var opened = composer(state, incident).compose(incident, shown, state.clock);
    boolean confirmed = opened.getConfirmed();
    opened.setConfirmed(false);
    AlertTexts.write(opened);
    state.put(incident, opened);
    publish(Optional.empty(), opened);
    if (confirmed) {
      next(
          state,
          incident,
          Alert.newBuilder(opened).setConfirmed(true).build(),
          AlertState.CONFIRMED);
    }
  }

  private void join(OpenIncidents state, OpenIncident incident, Alert alert) {
    state.join(incident, alert);
    adopt(state, incident);
    refresh(state, incident, Optional.empty());
  }

  /// Adds alerts that belong to no incident yet.
  private static void adopt(OpenIncidents state, OpenIncident incident) {
    state.alone().stream()
        .filter(
            alert ->
                incident.fits(alert)
                    && DecidedIncident.takes(incident.last, alert)
                    && !wasAccepted(state, alert))
        .forEach(alert -> state.join(incident, alert));
  }

  /// An alert is no longer a part of a dismissed incident: it is more urgent, or was not dismissed
  /// with it.
  private void leave(OpenIncidents state, OpenIncident incident, Alert alert) {
    state.leave(incident, alert.getAlertId());
    var only = List.of(alert.getAlertId());
    boolean over =
        !incident.isCompared() && incident.alerts.values().stream().allMatch(OpenAlerts::isOver);
    var next = Alert.newBuilder(incident.last).build();
    if (!over) {
      next.getMembers().removeIf(member -> member.getAlertIds().equals(only));
    }
    next(state, incident, next, over ? AlertState.RESOLVED : AlertState.UPDATED);
  }

  private void refresh(OpenIncidents state, OpenIncident incident, Optional<Shown> shown) {
    var last = incident.last;
    boolean ended =
        !incident.isCompared() && incident.alerts.values().stream().allMatch(OpenAlerts::isOver);
    if (!ended
        && last.getMembers().size() > FEW
        && state.clock.isBefore(last.getAt().plus(UPDATE_EVERY))) {
      incident.due = true;
      return;
    }
    incident.due = false;
    var composer = composer(state, incident);
    var next = composer.compose(incident, shown, state.clock);
    if (composer.isOver(incident, next)) {
      next(state, incident, next, over(incident, next));
    } else if (next.getConfirmed() && !last.getConfirmed()) {
      next(state, incident, next, AlertState.CONFIRMED);
    } else if (differs(last, next)) {
      // Further signals of the same hosts follow within a second.
      if (isNews(last, next) || !state.clock.isBefore(last.getAt().plus(UPDATE_EVERY))) {
        next(state, incident, next, AlertState.UPDATED);
      } else {
        incident.due = true;
      }
    }
  }

  private static AlertState over(OpenIncident incident, Alert next) {
    boolean brief = Duration.between(next.getOnset(), next.getAt()).compareTo(TRANSIENT) < 0;
    return brief
            && !incident.alerts.isEmpty()
            && incident.alerts.values().stream()
                .allMatch(alert -> alert.getState() == AlertState.TRANSIENT)
        ? AlertState.TRANSIENT
        : AlertState.RESOLVED;
  }

  /// Whether the difference is worth a new record. The figures of one host are not: its own alert
  /// has them. The number of further hosts without the change is not either.
  private static boolean differs(Alert last, Alert next) {
    return isNews(last, next) || !alertIds(last).equals(alertIds(next));
  }

  /// Whether it cannot wait: another host, change or urgency, or a further event of a fact.
  private static boolean isNews(Alert last, Alert next) {
    return !standings(last).equals(standings(next))
        || !last.getChanges().equals(next.getChanges())
        || last.getTier() != next.getTier()
        || (next.getFinding() instanceof ContradictionFinding
            && !next.getFinding().equals(last.getFinding()))
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

  /// The part of a member that is worth a new record. Its shift is in its own alert.
  private record Standing(String host, boolean recovered) {}

  private static List<Standing> standings(Alert alert) {
    return alert.getMembers().stream()
        .map(member -> new Standing(member.getHost(), member.getRecovered()))
        .toList();
  }

  private static List<List<String>> alertIds(Alert alert) {
    return alert.getMembers().stream().map(Member::getAlertIds).toList();
  }

  /// @param state of the incident, unless it is dismissed
  private void next(OpenIncidents cohort, OpenIncident incident, Alert next, AlertState state) {
    var last = incident.last;
    boolean quiet =
        Alerts.dismissed(next.getAcknowledgement())
            && (state == AlertState.CONFIRMED || state == AlertState.UPDATED);
    next.setRevision(last.getRevision() + 1);
    next.setAt(cohort.clock);
    next.setState(quiet ? AlertState.ACKNOWLEDGED : state);
    AlertTexts.write(next);
    if (OpenAlerts.isOver(next)) {
      cohort.end(incident);
    } else {
      cohort.put(incident, next);
    }
    publish(Optional.of(last), next);
  }

  private void publish(Optional<Alert> before, Alert now) {
    changes.add(AlertChange.of(before, now));
  }

  private void accept(OpenIncidents state, OpenIncident incident, Acknowledgement acknowledgement) {
    var accepted = decided(incident.last, acknowledgement);
    state.end(incident);
    state.accept(accepted);
    publish(Optional.of(incident.last), accepted);
  }

  private void dismiss(
      OpenIncidents state, OpenIncident incident, Acknowledgement acknowledgement) {
    var before = incident.last;
    var dismissed = decided(before, acknowledgement);
    state.put(incident, dismissed);
    publish(Optional.of(before), dismissed);
  }

  private static Alert decided(Alert last, Acknowledgement acknowledgement) {
    return Alerts.decided(last, AlertState.ACKNOWLEDGED, acknowledgement);
  }

  private Composer composer(OpenIncidents state, OpenIncident incident) {
    var elsewhere = new HashSet<String>();
    state.alone().forEach(alert -> addAlike(elsewhere, incident, alert));
    state.incidents().stream()
        .filter(other -> !other.id().equals(incident.id()))
        .forEach(
            other -> other.alerts.values().forEach(alert -> addAlike(elsewhere, incident, alert)));
    var cohort = incident.last.getCohort();
    return new Composer(hosts.of(cohort, state.clock), hosts.gone(cohort, state.clock), elsewhere);
  }

  private static void addAlike(Set<String> hosts, OpenIncident incident, Alert alert) {
    if (!OpenAlerts.isOver(alert)
        && !alert.getHost().isEmpty()
        && FindingView.alike(alert, incident.last)) {
      hosts.add(alert.getHost());
    }
  }

  /// Compares the hosts.
  private void scan(String cohort, OpenIncidents state) {
    var since = Duration.between(state.scannedAt(), state.clock);
    state.scanned(state.clock);
    state.forgetAccepted();
    hosts.forget(cohort, state.clock.minus(FORGOTTEN));
    forgetDeviations(cohort, state);
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
      RolloutScan.of(rollouts, recents.of(cohort, state.clock.minus(FORGOTTEN)), since)
          .forEach(scanned -> found(cohort, state, scanned, limit));
    }
    release(state, known);
    // No record reports that a host has become silent, so this is checked here.
    state.incidents().forEach(incident -> refresh(state, incident, Optional.empty()));
  }

  /// Once a day is enough to keep a store from growing, and what is old is not compared anyway.
  private void forgetDeviations(String cohort, OpenIncidents state) {
    if (!state.clock.isBefore(state.forgottenAt.plus(FORGET_EVERY))) {
      state.forgottenAt = state.clock;
      recents.forget(cohort, state.clock.minus(FORGOTTEN));
    }
  }

  private void found(String cohort, OpenIncidents state, ScannedRollout scanned, double limit) {
    var open =
        state.incidents().stream()
            .filter(
                incident -> !Collections.disjoint(scanned.rollout().traits(), incident.traits()))
            .toList();
    open.forEach(incident -> follow(state, incident, scanned, limit));
    if (open.isEmpty()) {
      scanned
          .clearest()
          .filter(comparison -> scanned.evidenceDays(comparison) >= limit)
          .ifPresent(
              comparison ->
                  open(
                      state,
                      new OpenIncident(
                          Composer.begin(cohort, scanned, comparison, limit, state.clock)),
                      List.of(),
                      Optional.of(new Shown(scanned.rollout(), comparison))));
    }
  }

  /// An incident that can still be compared, but that the comparison does not show any more, does
  /// not stay open because of it.
  private void follow(
      OpenIncidents state, OpenIncident incident, ScannedRollout scanned, double limit) {
    var notable = scanned.notable(incident.last.getSubject());
    boolean shown =
        notable
            .filter(
                comparison -> incident.isCompared() || scanned.evidenceDays(comparison) >= limit)
            .isPresent();
    if (shown) {
      state.compared(incident, state.clock);
      refresh(state, incident, notable.map(comparison -> new Shown(scanned.rollout(), comparison)));
    } else if (incident.isCompared() && scanned.comparesOn(incident.last.getSubject())) {
      release(state, incident);
    }
  }

  /// If hosts cannot be compared, because all have the change or too few, the last comparison keeps
  /// the incident open for [#STANDS_FOR]. If no host has the change any more, the incident ends.
  private void release(OpenIncidents state, Map<String, CohortHosts.KnownHost> known) {
    state.incidents().stream()
        .filter(OpenIncident::isCompared)
        .filter(
            incident ->
                !state.clock.isBefore(incident.comparedAt.plus(STANDS_FOR))
                    || known.values().stream()
                        .allMatch(host -> Collections.disjoint(host.traits(), incident.traits())))
        .forEach(incident -> release(state, incident));
  }

  /// Hosts that only a comparison has shown count as recovered.
  private void release(OpenIncidents state, OpenIncident incident) {
    var members =
        incident.last.getMembers().stream()
            .map(
                member ->
                    OpenIncident.onlyCompared(member)
                        ? Member.newBuilder(member).setRecovered(true).build()
                        : member)
            .toList();
    var released = Alert.newBuilder(incident.last).setMembers(members).build();
    boolean over = incident.alerts.values().stream().allMatch(OpenAlerts::isOver);
    next(state, incident, released, over ? AlertState.RESOLVED : AlertState.UPDATED);
  }
}
