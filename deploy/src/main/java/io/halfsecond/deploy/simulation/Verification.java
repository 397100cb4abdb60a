package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.simulation.Expectations.Injected;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.detector.Budget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whether the topology has found what was injected into a simulation, and how often it was wrong.
///
/// A host on which something was changed is **found** once an alert that opened since then is about
/// it or about an incident that it belongs to, or if its whole cohort has such an alert. It counts
/// as **missed** only if it has had [#ENOUGH] connections since then. An alert is **false** if
/// nothing that it is about was changed before it opened.
public final class Verification {
  /// The detector's goal is 8 for a large shift, nineteen times in twenty. Some hosts have regimes
  /// that are harder than that of the goal.
  static final int ENOUGH = 30;

  /// More false alarms than that chance alone would give once in so many simulations are too many.
  private static final double RARE = 0.05;

  /// @param first from its first change until its first alert; empty if there is none
  /// @param median of its hosts, until their own alerts
  /// @param missed names of hosts
  /// @param named alerts of it that name the library
  record Finding(
      Injected injected,
      int due,
      int found,
      List<String> missed,
      Optional<Duration> first,
      Optional<Duration> median,
      int alerts,
      int named) {
    boolean isFine() {
      return !injected.shift()
          || (due > 0
              && missed.isEmpty()
              && first.isPresent()
              && (injected.library().isEmpty() || alerts == 0 || named > 0));
    }
  }

  /// @param allowed how many are expected at most
  record FalseAlarms(String tier, List<Alert> alerts, double allowed) {
    boolean isFine() {
      return alerts.isEmpty() || atLeast(alerts.size(), allowed) >= RARE;
    }
  }

  private final Expectations expected;
  private final List<Finding> findings = new ArrayList<>();
  private final List<FalseAlarms> falseAlarms = new ArrayList<>();

  /// @param steps records of alerts, those of one alert in order
  /// @param budget that the topology was given
  public Verification(Expectations expected, List<Alert> steps, Budget budget) {
    this.expected = expected;
    var newest = new HashMap<String, Alert>();
    steps.stream()
        .filter(step -> !step.getOpenedAt().isBefore(expected.begin()))
        // A fact is no shift, and has no part in the budget.
        .filter(step -> !(step.getFinding() instanceof ContradictionFinding))
        .forEach(step -> newest.put(step.getAlertId(), step));
    var causes = new HashMap<String, List<Injected>>();
    newest.forEach((id, alert) -> causes.put(id, causes(alert)));
    for (var injected : expected.injections()) {
      findings.add(
          finding(
              injected,
              newest.values().stream()
                  .filter(
                      alert ->
                          causes.getOrDefault(alert.getAlertId(), List.of()).contains(injected))
                  .toList()));
    }
    var wrong =
        newest.values().stream()
            .filter(alert -> causes.getOrDefault(alert.getAlertId(), List.of()).isEmpty())
            .filter(alert -> alert.getMembers().stream().allMatch(it -> it.getAlertIds().isEmpty()))
            .toList();
    double allowed = allowed(budget);
    falseAlarms.add(
        new FalseAlarms(
            "pages", wrong.stream().filter(it -> it.getTier() == Tier.STEP).toList(), allowed));
    falseAlarms.add(
        new FalseAlarms(
            "tickets", wrong.stream().filter(it -> it.getTier() != Tier.STEP).toList(), allowed));
  }

  /// What of the injected shifts an alert can be about.
  private List<Injected> causes(Alert alert) {
    return expected.injections().stream()
        .filter(Injected::shift)
        .filter(
            injected ->
                hosts(alert, injected).stream()
                    .anyMatch(host -> injected.isOn(host, alert.getOpenedAt())))
        .toList();
  }

  /// The affected hosts that an alert is about.
  private Set<String> hosts(Alert alert, Injected injected) {
    var hosts = new HashSet<String>();
    if (alert.getScope() == AlertScope.COHORT) {
      injected.hosts().keySet().stream()
          .filter(host -> alert.getCohort().equals(expected.cohortOf().get(host)))
          .forEach(hosts::add);
    } else {
      hosts.add(alert.getHost());
      alert.getMembers().stream().map(Member::getHost).forEach(hosts::add);
      hosts.retainAll(injected.hosts().keySet());
    }
    return hosts;
  }

  private Finding finding(Injected injected, Collection<Alert> alerts) {
    var found = new HashSet<String>();
    var own = new HashMap<String, Instant>();
    for (var alert : alerts) {
      found.addAll(hosts(alert, injected));
      if (injected.isOn(alert.getHost(), alert.getOpenedAt())) {
        own.merge(
            alert.getHost(),
            alert.getOpenedAt(),
            (one, other) -> one.isBefore(other) ? one : other);
      }
    }
    var patience = injected.settled().plusMillis((long) (ENOUGH * 60_000 / expected.perMinute()));
    var due =
        injected.hosts().entrySet().stream()
            .filter(host -> !host.getValue().plus(patience).isAfter(expected.end()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    var delays =
        own.entrySet().stream()
            .map(host -> Duration.between(injected.hosts().get(host.getKey()), host.getValue()))
            .sorted()
            .toList();
    var began = injected.hosts().values().stream().min(Instant::compareTo);
    return new Finding(
        injected,
        due.size(),
        (int) due.stream().filter(found::contains).count(),
        injected.shift() ? due.stream().filter(host -> !found.contains(host)).toList() : List.of(),
        alerts.stream()
            .map(Alert::getOpenedAt)
            .min(Instant::compareTo)
            .flatMap(first -> began.map(from -> Duration.between(from, first))),
        delays.isEmpty() ? Optional.empty() : Optional.of(delays.get(delays.size() / 2)),
        alerts.size(),
        (int) alerts.stream().filter(alert -> names(alert, injected)).count());
  }

  private static boolean names(Alert alert, Injected injected) {
    return injected
        .library()
        .filter(
            library ->
                alert.getChanges().stream()
                    .filter(Change::getFits)
                    .anyMatch(change -> change.getSubject().endsWith("/" + library)))
        .isPresent();
  }

  /// The expected number of false alarms that the promise allows for pages, and again for tickets.
  /// A cohort has the budget of a host for its own connections, and that of another host for the
  /// comparisons of its hosts.
  private double allowed(Budget budget) {
    double days = Duration.between(expected.begin(), expected.end()).toMillis() / 86_400_000.0;
    int subjects = expected.hosts() + 2 * expected.cohorts();
    return days * subjects / budget.limitDays(1, subjects);
  }

  /// The probability of so many or more events of a Poisson distribution.
  static double atLeast(int events, double mean) {
    double term = Math.exp(-mean);
    double below = 0;
    for (int n = 0; n < events; n++) {
      below += term;
      term *= mean / (n + 1);
    }
    return Math.max(0, 1 - below);
  }

  /// Whether everything was found, and the promise was kept.
  public boolean isFine() {
    return findings.stream().allMatch(Finding::isFine)
        && falseAlarms.stream().allMatch(FalseAlarms::isFine);
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  List<FalseAlarms> falseAlarms() {
    return List.copyOf(falseAlarms);
  }

  /// For a person.
  public List<String> report() {
    var lines = new ArrayList<String>();
    findings.forEach(finding -> lines.addAll(lines(finding)));
    for (var alarms : falseAlarms) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s  false %s: %d, at most %.2f are expected in %,d hosts and %s",
              alarms.isFine() ? "ok  " : "FAIL",
              alarms.tier(),
              alarms.alerts().size(),
              alarms.allowed(),
              expected.hosts(),
              text(Duration.between(expected.begin(), expected.end()))));
      alarms.alerts().stream().limit(10).forEach(alert -> lines.add("      " + alert.getSummary()));
    }
    return lines;
  }

  private static List<String> lines(Finding finding) {
    var lines = new ArrayList<String>();
    var injected = finding.injected();
    if (!injected.shift()) {
      lines.add(
          "ok    %s: %d hosts, no alert was to come"
              .formatted(injected.text(), injected.hosts().size()));
      return lines;
    }
    lines.add(
        "%s  %s: %d hosts, %s%s%s%s"
            .formatted(
                finding.isFine() ? "ok  " : "FAIL",
                injected.text(),
                injected.hosts().size(),
                finding.due() == 0
                    ? "none had %d connections since: the simulation is too short".formatted(ENOUGH)
                    : "found on %d of %d that had %d connections since"
                        .formatted(finding.found(), finding.due(), ENOUGH),
                finding.first().map(first -> "; first alert after " + text(first)).orElse(""),
                finding
                    .median()
                    .map(it -> ", alerts of hosts after " + text(it) + " in the median")
                    .orElse(""),
                injected
                    .library()
                    .map(
                        library ->
                            "; %d of %d alerts name %s"
                                .formatted(finding.named(), finding.alerts(), library))
                    .orElse("")));
    if (!finding.missed().isEmpty()) {
      lines.add(
          "      missed: "
              + String.join(", ", finding.missed().stream().limit(10).toList())
              + (finding.missed().size() > 10 ? ", …" : ""));
    }
    return lines;
  }

  private static String text(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200 ? seconds / 60 + " min" : "%.1f h".formatted(seconds / 3_600.0);
  }
}
