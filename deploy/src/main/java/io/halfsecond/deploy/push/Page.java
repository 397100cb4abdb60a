package io.halfsecond.deploy.push;

import io.halfsecond.deploy.alerts.NewestAlerts;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.AlertLabels;
import io.halfsecond.streams.alert.OpenAlerts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// An alert as Alertmanager gets it.
///
/// @param labels not one of them empty
/// @param startsAt the onset
public record Page(Map<String, String> labels, Map<String, String> annotations, Instant startsAt) {
  public Page {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /// Where annotations link to, as in the settings of the rules.
  ///
  /// @param runbooks the name of the alert in lower case is appended; empty for no link
  /// @param dashboards address of Grafana; empty for no link
  public record Links(String runbooks, String dashboards) {
    public static final Links NONE = new Links("", "");
  }

  /// What is to be told now: one page for each decision that a person has to take, as
  /// [NewestAlerts#openForAPerson] has it, and what inhibits others.
  ///
  /// @param open the newest record of every open alert
  public static List<Page> of(Collection<Alert> open, Instant now, Links links) {
    var incidents =
        open.stream()
            .filter(alert -> alert.getScope() == AlertScope.INCIDENT && isShown(alert))
            .toList();
    return Stream.concat(
            NewestAlerts.of(List.copyOf(open)).openForAPerson().stream()
                .filter(alert -> alert.getScope() != AlertScope.COHORT && isShown(alert)),
            open.stream().filter(alert -> inhibits(alert, incidents)))
        .flatMap(alert -> of(alert, now, links).stream())
        .toList();
  }

  private static boolean isShown(Alert alert) {
    return alert.getConfirmed() && OpenAlerts.decision(alert) != Decision.DISMISS;
  }

  /// A cohort's own alert beside an incident, or one that was dismissed: see the rule.
  private static boolean inhibits(Alert alert, List<Alert> incidents) {
    if (alert.getScope() != AlertScope.COHORT) {
      return false;
    }
    return OpenAlerts.decision(alert) == Decision.DISMISS
        || (alert.getConfirmed()
            && incidents.stream()
                .anyMatch(
                    incident ->
                        incident.getCohort().equals(alert.getCohort())
                            && incident.getTier() == alert.getTier()));
  }

  private static Optional<Page> of(Alert alert, Instant now, Links links) {
    var about = AlertLabels.of(alert);
    return PageRule.of(about)
        .filter(rule -> !now.isBefore(alert.getOpenedAt().plus(rule.wait(alert.getCovered()))))
        .map(
            rule ->
                new Page(
                    labels(rule, about),
                    annotations(rule, alert, links),
                    alert.getOnset().isBefore(now) ? alert.getOnset() : now));
  }

  private static Map<String, String> labels(PageRule rule, Map<String, String> about) {
    var labels = new TreeMap<>(about);
    labels.values().removeIf(String::isEmpty);
    labels.put("alertname", rule.alertName());
    labels.put("severity", rule.severity());
    return labels;
  }

  private static Map<String, String> annotations(PageRule rule, Alert alert, Links links) {
    var annotations = new TreeMap<String, String>();
    annotations.put(
        "summary",
        Printable.of(alert.getTitle().isEmpty() ? alert.getSummary() : alert.getTitle()));
    annotations.put(
        "description",
        "%s `halfsecond alerts %s` prints the evidence."
            .formatted(Printable.of(alert.getSummary()), Printable.of(AlertIds.shortId(alert))));
    if (!links.runbooks.isEmpty()) {
      annotations.put("runbook_url", links.runbooks + rule.alertName().toLowerCase(Locale.ROOT));
    }
    if (!links.dashboards.isEmpty()) {
      annotations.put("dashboard_url", links.dashboards + dashboard(alert));
    }
    return annotations;
  }

  private static String dashboard(Alert alert) {
    return alert.getHost().isEmpty()
        ? "/d/halfsecond-fleet"
        : "/d/halfsecond-host?var-host="
            + URLEncoder.encode(alert.getHost(), StandardCharsets.UTF_8);
  }
}
