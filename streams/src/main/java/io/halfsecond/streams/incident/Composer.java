package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Contrast;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Writes what is known of an incident as the fields of its alert. Pure. What becomes of it, its state and revision, is for
/// [Incidents] to say.
@SuppressWarnings("NullAway") // Avro's generated setters take null for an absent value and are not annotated so
final class Composer {
  private final Map<String, CohortHosts.Known> hosts;
  private final Set<String> elsewhere;

  /// @param hosts of the cohort
  /// @param elsewhere those with an open alert that is not of this incident, on its signal and in its direction
  Composer(Map<String, CohortHosts.Known> hosts, Set<String> elsewhere) {
    this.hosts = hosts;
    this.elsewhere = elsewhere;
  }

  /// What an incident is before it has opened, by the alert that begins it.
  static Alert begin(Alert alert, Instant at) {
    var changes = alert.getChanges().stream().filter(Change::getFits)
      .filter(change -> Trait.of(change).isPresent()).toList();
    var begun = Alert.newBuilder(alert).setAlertId(id(alert.getCohort(), changes, alert, at))
      .setScope(AlertScope.INCIDENT).setHost("").setState(AlertState.OPENED).setRevision(0).setAt(at)
      .setOpenedAt(at).setConfirmed(false).setChanges(changes).setMembers(List.of()).build();
    begun.setAcknowledgement(null);
    return begun;
  }

  /// The same by a comparison of hosts.
  static Alert begin(String cohort, Rollouts.Finding finding, double limitDays, Instant at) {
    var key = finding.comparison().key();
    var begun = new Alert();
    begun.setAlertId(id(cohort, finding.rollout().changes(), at, Signals.label(key.signal())));
    begun.setScope(AlertScope.INCIDENT);
    begun.setHost("");
    begun.setCohort(cohort);
    begun.setSignal(key.signal());
    begun.setStratum(key.stratum());
    begun.setDirection(Direction.UP);
    begun.setPhase(Signals.phase(key.signal()));
    begun.setUnit(Signals.unit(key.signal()));
    begun.setState(AlertState.OPENED);
    begun.setAt(at);
    begun.setOpenedAt(at);
    begun.setOnset(Alerts.micros(finding.rollout().begun()));
    begun.setTelemetryComplete(true);
    begun.setAttribution(Attribution.CHANGED);
    // Is written when it has opened.
    begun.setSummary("");
    begun.setEvidenceDays(finding.evidenceDays());
    begun.setLimitDays(limitDays);
    begun.setChanges(finding.rollout().changes());
    begun.setMembers(List.of());
    compare(begun, finding);
    return begun;
  }

  private static String id(String cohort, List<Change> changes, Alert alert, Instant at) {
    return id(cohort, changes, at, Signals.label(alert.getSignal()) + "/" + alert.getDirection());
  }

  private static String id(String cohort, List<Change> changes, Instant at, String otherwise) {
    var cause = changes.isEmpty()
      ? otherwise
      : Trait.of(changes.getFirst()).map(Trait::text).orElse(otherwise);
    return AlertIds.of("incident/" + cohort + "/" + cause, at);
  }

  /// The newest of what there is to say.
  Alert compose(Incident incident, Optional<Rollouts.Finding> finding, Instant at) {
    var next = Alert.newBuilder(incident.last).setAt(at).build();
    finding.ifPresentOrElse(found -> compare(next, found), () -> lead(incident, next));
    next.setMembers(members(incident, finding));
    next.setAttribution(next.getChanges().isEmpty() ? Attribution.UNKNOWN : Attribution.CHANGED);
    next.setContrast(contrast(next, finding).orElse(null));
    tier(incident, finding).ifPresent(next::setTier);
    long showing = next.getMembers().stream().filter(member -> !member.getHost().isEmpty()).count();
    next.setConfirmed(incident.last.getConfirmed() || showing > 1 || finding.isPresent()
      || incident.alerts.values().stream().anyMatch(Alert::getConfirmed));
    next.setTelemetryComplete(
      incident.alerts.values().stream().allMatch(alert -> alert.getTelemetryComplete()));
    if (!incident.last.getTier().equals(next.getTier())) {
      // A person's word stands until it becomes a more urgent one.
      next.setAcknowledgement(null);
    }
    return next;
  }

  /// The figures of the alert that it began with, or else of the one that has been open longest.
  private static void lead(Incident incident, Alert next) {
    if (incident.isCompared()) {
      return;
    }
    incident.alerts.values().stream().filter(alert -> alert.getSignal() == next.getSignal()
      && alert.getStratum().equals(next.getStratum()) && alert.getDirection() == next.getDirection())
      .min(Comparator.comparing(OpenAlerts::isOver).thenComparing(Alert::getOpenedAt)
        .thenComparing(Alert::getAlertId))
      .ifPresent(alert -> {
        next.setBefore(alert.getBefore());
        next.setAfter(alert.getAfter());
        next.setShift(alert.getShift());
        next.setShiftLow(alert.getShiftLow());
        next.setShiftHigh(alert.getShiftHigh());
        next.setPreliminary(alert.getPreliminary());
        next.setConnections(alert.getConnections());
        next.setVotes(alert.getVotes());
        next.setSources(alert.getSources());
        next.setWaitingBefore(alert.getWaitingBefore().orElse(null));
        next.setWaitingAfter(alert.getWaitingAfter().orElse(null));
        next.setEvidenceDays(alert.getEvidenceDays());
        next.setLimitDays(alert.getLimitDays());
      });
  }

  private static void compare(Alert next, Rollouts.Finding finding) {
    var comparison = finding.comparison();
    if (next.getSignal() != comparison.key().signal()
      || !next.getStratum().equals(comparison.key().stratum())) {
      return;
    }
    long connections = (long) comparison.size() * comparison.table().withHosts();
    next.setBefore(Alerts.quantiles(comparison.summaryBefore(), 1));
    next.setAfter(Alerts.quantiles(comparison.summaryAfter(), 1));
    next.setShift(comparison.shift());
    next.setShiftLow(comparison.shiftLow());
    next.setShiftHigh(comparison.shiftHigh());
    next.setPreliminary(connections < 50);
    next.setConnections(connections);
    next.setVotes(comparison.table().withHosts());
    next.setTier(comparison.tier());
  }

  private static Optional<Tier> tier(Incident incident, Optional<Rollouts.Finding> finding) {
    var tiers = new ArrayList<Tier>();
    incident.alerts.values().stream().filter(alert -> !OpenAlerts.isOver(alert)).map(Alert::getTier)
      .forEach(tiers::add);
    finding.map(found -> found.comparison().tier()).ifPresent(tiers::add);
    return List.of(Tier.STEP, Tier.CREEP, Tier.DRIFT).stream().filter(tiers::contains).findFirst();
  }

  /// In the order in which they joined.
  private List<Member> members(Incident incident, Optional<Rollouts.Finding> finding) {
    var byHost = new LinkedHashMap<String, List<Alert>>();
    incident.last.getMembers().forEach(member -> byHost.put(member.getHost(), new ArrayList<>()));
    incident.alerts.values().stream()
      .sorted(Comparator.comparing(Alert::getOpenedAt).thenComparing(Alert::getAlertId))
      .forEach(alert -> byHost.computeIfAbsent(alert.getHost(), _ -> new ArrayList<>()).add(alert));
    finding.ifPresent(found -> found.comparison().showing()
      .forEach(host -> byHost.computeIfAbsent(host, _ -> new ArrayList<>())));
    var members = new ArrayList<Member>();
    byHost.forEach((host, alerts) -> members.add(alerts.isEmpty()
      ? compared(incident, host, finding)
      : member(incident, host, alerts)));
    return members;
  }

  private static Member member(Incident incident, String host, List<Alert> alerts) {
    var shift = alerts.stream().filter(alert -> alert.getSignal() == incident.last.getSignal()
      && alert.getUnit() == incident.last.getUnit()).map(Alert::getShift).findFirst();
    var member = Member.newBuilder().setHost(host)
      .setAlertIds(alerts.stream().map(Alert::getAlertId).toList())
      .setOnset(alerts.stream().map(Alert::getOnset).min(Comparator.naturalOrder()).orElseThrow())
      .setRecovered(alerts.stream().allMatch(OpenAlerts::isOver)).build();
    member.setShift(shift.orElse(null));
    return member;
  }

  private static Member compared(Incident incident, String host, Optional<Rollouts.Finding> finding) {
    var before = incident.last.getMembers().stream().filter(member -> member.getHost().equals(host))
      .findFirst();
    boolean shows = finding.map(found -> found.comparison().showing().contains(host))
      .orElse(before.filter(member -> !member.getRecovered()).isPresent());
    var onset = finding.map(found -> found.rollout().since().get(host)).filter(Objects::nonNull)
      .or(() -> before.map(Member::getOnset)).orElse(incident.last.getOnset());
    return Member.newBuilder().setHost(host).setOnset(Alerts.micros(onset)).setRecovered(!shows).build();
  }

  /// By the hosts' alerts, or by the comparison of hosts if that shows more; the one that has shown more stands.
  private Optional<Contrast> contrast(Alert next, Optional<Rollouts.Finding> finding) {
    if (next.getChanges().isEmpty()) {
      return Optional.empty();
    }
    var tables = new ArrayList<Contrast>();
    byAlerts(next).map(TwoByTwo::contrast).ifPresent(tables::add);
    finding.map(found -> found.comparison().table().contrast()).ifPresent(tables::add);
    if (finding.isEmpty()) {
      next.getContrast().ifPresent(tables::add);
    }
    return tables.stream().max(Comparator.comparingInt(Contrast::getWithShowing)
      .thenComparingInt(Contrast::getWithHosts).thenComparingDouble(contrast -> -contrast.getPValue()));
  }

  private Optional<TwoByTwo> byAlerts(Alert next) {
    var trait = Trait.of(next.getChanges().getFirst());
    if (trait.isEmpty()) {
      return Optional.empty();
    }
    var members = next.getMembers().stream().filter(member -> !member.getAlertIds().isEmpty())
      .map(Member::getHost).filter(host -> !host.isEmpty()).toList();
    int with = 0;
    int withShowing = 0;
    int without = 0;
    int withoutShowing = 0;
    for (var entry : hosts.entrySet()) {
      boolean shows = members.contains(entry.getKey()) || elsewhere.contains(entry.getKey());
      if (trait.get().isAmong(entry.getValue().traits())) {
        with++;
        withShowing += shows ? 1 : 0;
      } else {
        without++;
        withoutShowing += shows ? 1 : 0;
      }
    }
    return Optional.of(new TwoByTwo(withShowing, with, withoutShowing, without));
  }
}
