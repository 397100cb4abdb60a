package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Contrast;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.histogram.Distribution;
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

/// Writes what is known of an incident into the fields of its alert. Pure. Its state and revision
/// are set by [Incidents].
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
final class Composer {
  /// Limit for the hosts named in a record, some 200 bytes each: Kafka's limit for a record is a
  /// megabyte. The contrast counts all hosts.
  static final int MOST_MEMBERS = 2_000;

  private static final long PRELIMINARY = 50;
  private static final List<Tier> BY_URGENCY = List.of(Tier.STEP, Tier.CREEP, Tier.DRIFT);
  private static final Comparator<Alert> IN_ORDER =
      Comparator.comparing(Alert::getOpenedAt).thenComparing(Alert::getAlertId);

  /// A comparison that shows the incident.
  record Shown(Rollout rollout, Comparison comparison) {}

  private final Map<String, CohortHosts.KnownHost> hosts;
  private final Set<String> gone;
  private final Set<String> elsewhere;

  /// @param hosts of the cohort
  /// @param gone hosts that have been silent for days
  /// @param elsewhere hosts with an open alert on the same signal in the same direction that is not
  ///   part of this incident
  Composer(Map<String, CohortHosts.KnownHost> hosts, Set<String> gone, Set<String> elsewhere) {
    this.hosts = hosts;
    this.gone = gone;
    this.elsewhere = elsewhere;
  }

  /// An incident before it has opened, made from the alert that begins it.
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
            .setCovered(false)
            .setMembers(List.of())
            .setChanges(shareable(alert))
            .build();
    begun.setAcknowledgement(null);
    begun.setMovedWith(null);
    return begun;
  }

  /// An incident before it has opened, made from a comparison of hosts.
  static Alert begin(
      String cohort, ScannedRollout scanned, Comparison comparison, double limitDays, Instant at) {
    var key = comparison.key();
    var rollout = scanned.rollout();
    return Alert.newBuilder()
        .setAlertId(
            AlertIds.of(
                "incident/%s/%s/%s"
                    .formatted(cohort, key.text(), rollout.traits().getFirst().text()),
                at))
        .setState(AlertState.OPENED)
        .setRevision(0)
        .setScope(AlertScope.INCIDENT)
        .setHost("")
        .setCohort(cohort)
        .setSubject(key.subject())
        .setAt(at)
        .setOpenedAt(at)
        .setOnset(Alerts.micros(rollout.begun()))
        .setFinding(
            compared(
                ShiftFinding.newBuilder()
                    .setSignal(key.signal())
                    .setStratum(key.stratum())
                    .setDirection(Direction.UP)
                    .setPhase(Signals.of(key.signal()).phase())
                    .setUnit(Signals.unit(key.signal()))
                    .setEvidenceDays(scanned.evidenceDays(comparison))
                    .setLimitDays(limitDays),
                comparison))
        .setTier(comparison.tier())
        .setAttribution(Attribution.CHANGED)
        .setChanges(rollout.changes())
        .setSummary("")
        .build();
  }

  private static List<Change> shareable(Alert alert) {
    return alert.getChanges().stream()
        .filter(change -> change.getFits() && Trait.of(change).isPresent())
        .toList();
  }

  /// The next record.
  Alert compose(OpenIncident incident, Optional<Shown> shown, Instant at) {
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
    next.setLosses(List.of());
    if (isMoreUrgent(next, incident.last)) {
      // An acknowledgement is kept until the tier of the incident becomes more urgent.
      next.setAcknowledgement(null);
    }
    return next;
  }

  static boolean isMoreUrgent(Alert alert, Alert than) {
    return BY_URGENCY.indexOf(alert.getTier()) < BY_URGENCY.indexOf(than.getTier());
  }

  /// Whether everything that an incident covers has ended.
  boolean isOver(OpenIncident incident, Alert next) {
    return next.getMembers().stream().noneMatch(OpenIncident::onlyCompared)
        && incident.alerts.values().stream().allMatch(this::hasEnded);
  }

  /// The alerts of a silent host are no longer updated.
  private boolean hasEnded(Alert alert) {
    return OpenAlerts.isOver(alert) || gone.contains(alert.getHost());
  }

  /// The changes that most hosts have whose changes are known, the most suspicious first. Hosts
  /// that only a comparison shows have the change that they are compared for.
  private static List<Change> changes(OpenIncident incident) {
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

  /// The finding of the alert that the incident began with, or of the alert that has been open
  /// longest.
  private void lead(OpenIncident incident, Alert next) {
    incident.alerts.values().stream()
        .filter(alert -> isAlike(alert, next))
        .min(Comparator.comparing(this::hasEnded).thenComparing(IN_ORDER))
        .ifPresent(alert -> next.setFinding(alert.getFinding()));
  }

  private static boolean isAlike(Alert alert, Alert incident) {
    return alert.getSubject().equals(incident.getSubject())
        && FindingView.of(alert).direction() == FindingView.of(incident).direction();
  }

  /// The evidence stays that of the comparison or alert that the incident began with.
  private static void compare(Alert next, Comparison comparison) {
    if (next.getFinding() instanceof ShiftFinding last) {
      next.setFinding(compared(ShiftFinding.newBuilder(last), comparison));
    }
    next.setTier(comparison.tier());
  }

  private static ShiftFinding compared(ShiftFinding.Builder finding, Comparison comparison) {
    var shift = comparison.shift();
    return finding
        .setBefore(quantiles(comparison.before()))
        .setAfter(quantiles(comparison.after()))
        .setShift(shift.median())
        .setShiftLow(shift.low())
        .setShiftHigh(shift.high())
        .setPreliminary(comparison.connections() < PRELIMINARY)
        .setConnections(comparison.connections())
        .setVotes(0)
        .build();
  }

  private static Quantiles quantiles(Distribution medians) {
    return new Quantiles(
        medians.samples().total(),
        medians.median(),
        medians.quantile(0.95),
        medians.quantile(0.99));
  }

  private Optional<Tier> tier(OpenIncident incident, Optional<Shown> shown) {
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
  private List<Member> members(OpenIncident incident, Optional<Shown> shown) {
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

  private Member member(OpenIncident incident, String host, List<Alert> alerts) {
    var shift =
        alerts.stream()
            .filter(alert -> isAlike(alert, incident.last))
            .flatMap(alert -> FindingView.of(alert).moved().stream())
            .map(FindingView.Moved::shift)
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

  private static Member compared(OpenIncident incident, String host, Optional<Shown> shown) {
    var onset =
        shown
            .flatMap(found -> Optional.ofNullable(found.rollout().since().get(host)))
            .orElse(incident.last.getOnset());
    return Member.newBuilder().setHost(host).setOnset(Alerts.micros(onset)).build();
  }

  /// By the hosts' alerts, or by the comparison of hosts: the one that shows more hosts.
  private Optional<Contrast> contrast(OpenIncident incident, Alert next, Optional<Shown> shown) {
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

  private Optional<TwoByTwo> byAlerts(OpenIncident incident, Alert next) {
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
