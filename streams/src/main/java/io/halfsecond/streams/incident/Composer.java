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
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes what is known of an incident as the fields of its alert. Pure. What becomes of it, its
/// state and revision, is for [Incidents] to say.
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
final class Composer {
  /// So many hosts are named in a record, some 200 bytes each: Kafka takes a megabyte. Those beyond
  /// are counted in the contrast.
  static final int MOST_MEMBERS = 2_000;

  private static final long PRELIMINARY = 50;
  private static final List<Tier> BY_URGENCY = List.of(Tier.STEP, Tier.CREEP, Tier.DRIFT);
  private static final Comparator<Alert> IN_ORDER =
      Comparator.comparing(Alert::getOpenedAt).thenComparing(Alert::getAlertId);

  /// A comparison that shows the incident.
  record Shown(Rollout rollout, Comparison comparison) {}

  private final Map<String, CohortHosts.Known> hosts;
  private final Set<String> gone;
  private final Set<String> elsewhere;

  /// @param hosts of the cohort
  /// @param gone hosts that have not been heard of for long
  /// @param elsewhere those with an open alert that is not of this incident, on its signal and in
  ///   its direction
  Composer(Map<String, CohortHosts.Known> hosts, Set<String> gone, Set<String> elsewhere) {
    this.hosts = hosts;
    this.gone = gone;
    this.elsewhere = elsewhere;
  }

  /// What an incident is before it has opened, by the alert that begins it.
  static Alert begin(Alert alert, Instant at) {
    var begun =
        Alert.newBuilder(alert)
            .setScope(AlertScope.INCIDENT)
            .setHost("")
            .setAlertId(AlertIds.of("incident/" + alert.getAlertId(), at))
            .setState(AlertState.OPENED)
            .setRevision(0)
            .setAt(at)
            .setOpenedAt(at)
            .setConfirmed(false)
            .setMembers(List.of())
            .setChanges(shareable(alert))
            .build();
    begun.setAcknowledgement(null);
    return begun;
  }

  /// The same by a comparison of hosts.
  static Alert begin(
      String cohort,
      Rollouts.Finding finding,
      Comparison comparison,
      double limitDays,
      Instant at) {
    var key = comparison.key();
    var rollout = finding.rollout();
    var begun = new Alert();
    begun.setAlertId(
        AlertIds.of(
            "incident/%s/%s/%s".formatted(cohort, key.text(), rollout.traits().getFirst().text()),
            at));
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
    begun.setOnset(Alerts.micros(rollout.begun()));
    begun.setTelemetryComplete(true);
    begun.setAttribution(Attribution.CHANGED);
    begun.setEvidenceDays(finding.evidenceDays(comparison));
    begun.setLimitDays(limitDays);
    begun.setChanges(rollout.changes());
    begun.setMembers(List.of());
    // Is written when it has opened.
    begun.setSummary("");
    compare(begun, comparison);
    return begun;
  }

  private static List<Change> shareable(Alert alert) {
    return alert.getChanges().stream()
        .filter(change -> change.getFits() && Trait.of(change).isPresent())
        .toList();
  }

  /// The newest of what there is to say.
  Alert compose(Incident incident, Optional<Shown> shown, Instant at) {
    var next = Alert.newBuilder(incident.last).setAt(at).build();
    next.setChanges(changes(incident));
    next.setAttribution(next.getChanges().isEmpty() ? Attribution.UNKNOWN : Attribution.CHANGED);
    if (shown.isPresent()) {
      compare(next, shown.get().comparison());
    } else if (!incident.isCompared()) {
      lead(incident, next);
    }
    next.setMembers(members(incident, shown));
    next.setContrast(contrast(incident, next, shown).orElse(null));
    tier(incident, shown).ifPresent(next::setTier);
    long hostsShowing =
        next.getMembers().stream().filter(member -> !member.getHost().isEmpty()).count();
    next.setConfirmed(
        incident.last.getConfirmed()
            || hostsShowing > 1
            || incident.alerts.values().stream().anyMatch(Alert::getConfirmed));
    next.setTelemetryComplete(
        incident.alerts.values().stream().allMatch(alert -> alert.getTelemetryComplete()));
    if (BY_URGENCY.indexOf(next.getTier()) < BY_URGENCY.indexOf(incident.last.getTier())) {
      // A person's word stands until it becomes a more urgent one.
      next.setAcknowledgement(null);
    }
    return next;
  }

  /// Whether all that an incident stands for has come to its end.
  boolean isOver(Incident incident, Alert next) {
    return next.getMembers().stream().noneMatch(Incident::onlyCompared)
        && incident.alerts.values().stream().allMatch(this::hasEnded);
  }

  /// A host that is gone says no more of its alerts.
  private boolean hasEnded(Alert alert) {
    return OpenAlerts.isOver(alert) || gone.contains(alert.getHost());
  }

  /// What most of the hosts have of which it is known what changed, the most suspicious first.
  /// Hosts that only a comparison shows have what they are compared for.
  private static List<Change> changes(Incident incident) {
    var changes = new LinkedHashMap<Trait, Change>();
    var having = new HashMap<Trait, Set<String>>();
    var known = new HashSet<String>();
    var compared =
        incident.last.getMembers().stream()
            .filter(member -> member.getAlertIds().isEmpty())
            .map(Member::getHost)
            .toList();
    known.addAll(compared);
    if (!compared.isEmpty() || incident.alerts.isEmpty()) {
      incident
          .last
          .getChanges()
          .forEach(
              change ->
                  Trait.of(change)
                      .ifPresent(
                          trait -> {
                            changes.put(trait, change);
                            having.computeIfAbsent(trait, _ -> new HashSet<>()).addAll(compared);
                          }));
    }
    incident.alerts.values().stream()
        .filter(
            alert ->
                alert.getScope() == AlertScope.HOST
                    && alert.getAttribution() != Attribution.UNKNOWN)
        .sorted(IN_ORDER)
        .forEach(
            alert -> {
              known.add(alert.getHost());
              shareable(alert)
                  .forEach(
                      change ->
                          Trait.of(change)
                              .ifPresent(
                                  trait -> {
                                    changes.putIfAbsent(trait, change);
                                    having
                                        .computeIfAbsent(trait, _ -> new HashSet<>())
                                        .add(alert.getHost());
                                  }));
            });
    return changes.entrySet().stream()
        .filter(
            entry ->
                known.isEmpty()
                    || 2 * having.getOrDefault(entry.getKey(), Set.of()).size() > known.size())
        .map(Map.Entry::getValue)
        .sorted(Suspects.BY_SUSPICION.thenComparing(Change::getSubject))
        .toList();
  }

  /// The figures of the alert that it began with, or else of the one that has been open longest.
  private void lead(Incident incident, Alert next) {
    incident.alerts.values().stream()
        .filter(alert -> isAlike(alert, next))
        .min(Comparator.comparing(this::hasEnded).thenComparing(IN_ORDER))
        .ifPresent(
            alert -> {
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

  private static boolean isAlike(Alert alert, Alert incident) {
    return alert.getSignal() == incident.getSignal()
        && alert.getStratum().equals(incident.getStratum())
        && alert.getDirection() == incident.getDirection();
  }

  private static void compare(Alert next, Comparison comparison) {
    var shift = comparison.shift();
    long connections = (long) comparison.size() * comparison.table().withHosts();
    next.setBefore(Alerts.quantiles(comparison.summaryBefore(), 1));
    next.setAfter(Alerts.quantiles(comparison.summaryAfter(), 1));
    next.setShift(shift.median());
    next.setShiftLow(shift.low());
    next.setShiftHigh(shift.high());
    next.setPreliminary(connections < PRELIMINARY);
    next.setConnections(connections);
    next.setVotes(comparison.table().withHosts());
    next.setTier(comparison.tier());
  }

  private Optional<Tier> tier(Incident incident, Optional<Shown> shown) {
    var tiers = new HashSet<Tier>();
    incident.alerts.values().stream()
        .filter(alert -> !hasEnded(alert))
        .map(Alert::getTier)
        .forEach(tiers::add);
    shown.map(found -> found.comparison().tier()).ifPresent(tiers::add);
    if (shown.isEmpty() && incident.isCompared()) {
      tiers.add(incident.last.getTier());
    }
    return BY_URGENCY.stream().filter(tiers::contains).findFirst();
  }

  /// In the order in which they joined.
  private List<Member> members(Incident incident, Optional<Shown> shown) {
    var byHost = new LinkedHashMap<String, List<Alert>>();
    var before = new HashMap<String, Member>();
    incident
        .last
        .getMembers()
        .forEach(
            member -> {
              byHost.put(member.getHost(), new ArrayList<>());
              before.put(member.getHost(), member);
            });
    incident.alerts.values().stream()
        .sorted(IN_ORDER)
        .forEach(
            alert -> byHost.computeIfAbsent(alert.getHost(), _ -> new ArrayList<>()).add(alert));
    shown.ifPresent(
        found ->
            found
                .comparison()
                .showing()
                .forEach(host -> byHost.computeIfAbsent(host, _ -> new ArrayList<>())));
    var members = new ArrayList<Member>();
    byHost.forEach(
        (host, alerts) -> {
          if (members.size() < MOST_MEMBERS) {
            members.add(
                alerts.isEmpty()
                    ? Optional.ofNullable(before.get(host))
                        .orElseGet(() -> compared(incident, host, shown))
                    : member(incident, host, alerts));
          }
        });
    return members;
  }

  private Member member(Incident incident, String host, List<Alert> alerts) {
    var shift =
        alerts.stream()
            .filter(alert -> isAlike(alert, incident.last))
            .map(Alert::getShift)
            .findFirst();
    var member =
        Member.newBuilder()
            .setHost(host)
            .setAlertIds(alerts.stream().map(Alert::getAlertId).toList())
            .setOnset(
                alerts.stream().map(Alert::getOnset).min(Comparator.naturalOrder()).orElseThrow())
            .setRecovered(alerts.stream().allMatch(this::hasEnded))
            .build();
    member.setShift(shift.orElse(null));
    return member;
  }

  private static Member compared(Incident incident, String host, Optional<Shown> shown) {
    var onset =
        shown
            .flatMap(found -> Optional.ofNullable(found.rollout().since().get(host)))
            .orElse(incident.last.getOnset());
    return Member.newBuilder().setHost(host).setOnset(Alerts.micros(onset)).build();
  }

  /// By the hosts' alerts, or by the comparison of hosts: the one that has shown more stands.
  private Optional<Contrast> contrast(Incident incident, Alert next, Optional<Shown> shown) {
    if (next.getChanges().isEmpty()) {
      return Optional.empty();
    }
    var tables = new ArrayList<Contrast>();
    byAlerts(incident, next).map(TwoByTwo::contrast).ifPresent(tables::add);
    shown
        .map(found -> found.comparison().table().contrast())
        .or(() -> incident.isCompared() ? next.getContrast() : Optional.empty())
        .ifPresent(tables::add);
    return tables.stream()
        .max(
            Comparator.comparingInt(Contrast::getWithShowing)
                .thenComparingInt(Contrast::getWithHosts)
                .thenComparingDouble(contrast -> -contrast.getPValue()));
  }

  private Optional<TwoByTwo> byAlerts(Incident incident, Alert next) {
    return Trait.of(next.getChanges().getFirst())
        .map(
            trait -> {
              var showing = new HashSet<>(elsewhere);
              incident.alerts.values().stream()
                  .filter(alert -> isAlike(alert, next))
                  .map(Alert::getHost)
                  .forEach(showing::add);
              int with = 0;
              int withShowing = 0;
              int withoutShowing = 0;
              for (var host : hosts.entrySet()) {
                boolean shows = showing.contains(host.getKey());
                if (host.getValue().traits().contains(trait)) {
                  with++;
                  withShowing += shows ? 1 : 0;
                } else {
                  withoutShowing += shows ? 1 : 0;
                }
              }
              return new TwoByTwo(withShowing, with, withoutShowing, hosts.size() - with);
            });
  }
}
