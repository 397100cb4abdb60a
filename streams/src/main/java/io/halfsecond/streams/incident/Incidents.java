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
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes one incident of the alerts that are there for one reason, and finds changes that slow sshd down by comparing the hosts of
/// a cohort.
///
/// Alerts of hosts that share a change which can be why (see [io.halfsecond.streams.attribution.Suspects]) are one incident, from
/// the first host on. Alerts of hosts whose cohort moves as a whole at the same time are part of the cohort's. Others are
/// alone.
///
/// **Guarantees** that what comes out follows from the order of what goes in and the state of the stores; that an alert is of one
/// incident at most, and an incident is over once all of its alerts are and hosts with the change no longer stand out.
///
/// Not safe for use by several threads.
public final class Incidents {
  /// How often hosts are compared, by event time.
  static final Duration EVERY = Duration.ofMinutes(2);

  /// What has been on some hosts and not on others for so long is no rollout any more.
  private static final Duration RECENT = Duration.ofDays(7);

  /// Up to so many members each is told at once; then what has happened since is told so often.
  private static final int FEW = 20;
  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

  /// Hosts that a comparison tells apart with a larger p than that are like any others.
  private static final double NO_DIFFERENCE = 0.05;

  private static final Duration TRANSIENT = Duration.ofMinutes(15);

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

  /// The newest record of an open incident, if that is what stands at a key of the store of what is open.
  public static Optional<Alert> incident(String key, byte[] bytes) {
    return CohortState.incident(key, bytes);
  }

  /// A host has been measured.
  public void take(Deviation deviation) {
    var state = passTo(deviation.getCohort(), deviation.getAt());
    recents.take(deviation);
    if (state.lookedAt().equals(Instant.MIN)) {
      state.look(deviation.getAt());
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
      own.ifPresent(incident -> join(state, incident, alert));
      return;
    }
    var fitting = own.or(() -> state.incidents().stream().filter(incident -> incident.fits(alert))
      .findFirst());
    if (fitting.isPresent()) {
      join(state, fitting.get(), alert);
    } else if (begins(state, alert)) {
      open(state, new Incident(Composer.begin(alert, state.clock)), List.of(alert), Optional.empty());
    } else {
      state.putAlone(alert);
    }
  }

  /// A person has decided about an incident. The decisions about its alerts are told to those that they are about.
  ///
  /// @return false if it is none that is open, or was accepted
  public boolean decide(AlertControl control) {
    var state = state(control.getCohort());
    var word = control.getAcknowledgement();
    var open = state.incident(control.getAlertId());
    return switch (word.getDecision()) {
      case ACCEPT -> open.map(incident -> accept(state, incident, word)).isPresent();
      case DISMISS -> open.map(incident -> acknowledge(state, incident, word)).isPresent();
      case ROLL_BACK -> state.takeBack(control.getAlertId())
        .map(alert -> tell(Optional.empty(), decided(alert, word))).isPresent();
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

  private static boolean begins(CohortState state, Alert alert) {
    var traits = Incident.traits(alert);
    traits.removeAll(state.accepted());
    return alert.getScope() == AlertScope.COHORT || !traits.isEmpty();
  }

  private void open(CohortState state, Incident incident, List<Alert> alerts,
    Optional<Rollouts.Finding> finding) {
    state.put(incident, incident.last);
    alerts.forEach(alert -> state.join(incident, alert));
    adopt(state, incident);
    var opened = composer(state, incident).compose(incident, finding, state.clock);
    boolean confirmed = opened.getConfirmed();
    opened.setConfirmed(false);
    opened.setSummary(Sentence.of(opened));
    state.put(incident, opened);
    tell(Optional.empty(), opened);
    if (confirmed) {
      next(state, incident, Alert.newBuilder(opened).setConfirmed(true).build(), AlertState.CONFIRMED);
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

  private void refresh(CohortState state, Incident incident, Optional<Rollouts.Finding> finding) {
    var last = incident.last;
    var next = composer(state, incident).compose(incident, finding, state.clock);
    if (incident.isOver(next)) {
      next(state, incident, next, over(incident, next));
    } else if (next.getConfirmed() && !last.getConfirmed()) {
      next(state, incident, next, AlertState.CONFIRMED);
    } else if (differs(last, next)) {
      if (next.getMembers().size() <= FEW || !state.clock.isBefore(last.getAt().plus(TOLD_EVERY))) {
        next(state, incident, next, AlertState.UPDATED);
      } else {
        incident.untold = true;
      }
    }
  }

  private static AlertState over(Incident incident, Alert next) {
    boolean brief = Duration.between(next.getOnset(), next.getAt()).compareTo(TRANSIENT) < 0;
    return brief
      && incident.alerts.values().stream().allMatch(alert -> alert.getState() == AlertState.TRANSIENT)
        ? AlertState.TRANSIENT
        : AlertState.RESOLVED;
  }

  /// Whether a person would want to know: not the figures of one host, which its own alert tells.
  private static boolean differs(Alert last, Alert next) {
    return !standings(last).equals(standings(next)) || !last.getChanges().equals(next.getChanges())
      || last.getTier() != next.getTier()
      || !showing(last).equals(showing(next));
  }

  /// What a person wants to know of a member: how much slower it is stands in its own alert.
  private record Standing(String host, List<String> alertIds, boolean recovered) {}

  /// How many hosts without it there are changes with every host that is logged in to.
  private static List<Integer> showing(Alert alert) {
    return alert.getContrast().map(contrast -> List.of(contrast.getWithShowing(), contrast.getWithHosts(),
      contrast.getWithoutShowing())).orElse(List.of());
  }

  private static List<Standing> standings(Alert alert) {
    return alert.getMembers().stream()
      .map(member -> new Standing(member.getHost(), member.getAlertIds(), member.getRecovered())).toList();
  }

  /// @param state of the incident, unless nobody wants to hear more of it
  private void next(CohortState cohort, Incident incident, Alert next, AlertState state) {
    var last = incident.last;
    boolean quiet = Alerts.dismissed(next.getAcknowledgement())
      && (state == AlertState.CONFIRMED || state == AlertState.UPDATED);
    next.setRevision(last.getRevision() + 1);
    next.setAt(cohort.clock);
    next.setState(quiet ? AlertState.ACKNOWLEDGED : state);
    next.setSummary(Sentence.of(next));
    incident.untold = false;
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
    var alert = Alert.newBuilder(last).setState(AlertState.ACKNOWLEDGED).setRevision(last.getRevision() + 1)
      .setAt(Alerts.micros(word.getAt())).setAcknowledgement(word).build();
    alert.setSummary(Sentence.of(alert));
    return alert;
  }

  private Composer composer(CohortState state, Incident incident) {
    var elsewhere = new HashSet<String>();
    state.alone().forEach(alert -> addAlike(elsewhere, incident, alert));
    state.incidents().stream().filter(other -> !other.id().equals(incident.id()))
      .forEach(other -> other.alerts.values().forEach(alert -> addAlike(elsewhere, incident, alert)));
    return new Composer(hosts.of(incident.last.getCohort(), state.clock), elsewhere);
  }

  private static void addAlike(Set<String> hosts, Incident incident, Alert alert) {
    if (!OpenAlerts.isOver(alert) && !alert.getHost().isEmpty()
      && alert.getSignal() == incident.last.getSignal()
      && alert.getDirection() == incident.last.getDirection()) {
      hosts.add(alert.getHost());
    }
  }

  /// Compares the hosts.
  private void look(String cohort, CohortState state) {
    var since = Duration.between(state.lookedAt(), state.clock);
    state.look(state.clock);
    var known = hosts.of(cohort, state.clock);
    var accepted = state.accepted();
    var watched = new HashSet<Trait>();
    state.incidents().forEach(incident -> watched.addAll(incident.traits()));
    var rollouts = Rollout.among(known, (trait, change) -> !accepted.contains(trait)
      && (watched.contains(trait) || !change.getAt().isBefore(state.clock.minus(RECENT))));
    if (!rollouts.isEmpty()) {
      double limit = budget.limitDays(1, Math.max(1, known.size()));
      Rollouts.look(rollouts, recents.of(cohort), since, limit)
        .forEach(finding -> found(cohort, state, finding, limit));
    }
    forget(state, known);
  }

  private void found(String cohort, CohortState state, Rollouts.Finding finding, double limit) {
    var incident = state.incidents().stream()
      .filter(open -> finding.rollout().traits().stream().anyMatch(open.traits()::contains)).findFirst();
    if (incident.isEmpty() && finding.beyondChance()) {
      open(state, new Incident(Composer.begin(cohort, finding, limit, state.clock)), List.of(),
        Optional.of(finding));
    } else if (incident.isPresent()) {
      boolean differs = finding.comparison().table().midP() <= NO_DIFFERENCE;
      if (finding.beyondChance() || (incident.get().isCompared() && differs)) {
        refresh(state, incident.get(), Optional.of(finding));
      } else if (incident.get().isCompared()) {
        release(state, incident.get());
      }
    }
  }

  /// What no host has any more can't be compared, and is over.
  private void forget(CohortState state, Map<String, CohortHosts.Known> known) {
    for (var incident : state.incidents()) {
      boolean gone = incident.isCompared() && incident.traits().stream().noneMatch(
        trait -> known.values().stream().anyMatch(host -> trait.isAmong(host.traits())));
      if (gone) {
        release(state, incident);
      }
    }
  }

  /// Hosts that only a comparison has shown do not stand out any more.
  private void release(CohortState state, Incident incident) {
    var members = incident.last.getMembers().stream()
      .map(member -> Incident.onlyCompared(member)
        ? Member.newBuilder(member).setRecovered(true).build()
        : member)
      .toList();
    var released = Alert.newBuilder(incident.last).setMembers(members).build();
    next(state, incident, released, incident.isOver(released) ? AlertState.RESOLVED : AlertState.UPDATED);
  }
}
