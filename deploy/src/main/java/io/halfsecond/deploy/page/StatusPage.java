package io.halfsecond.deploy.page;

import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.metric.Present.Host;
import io.halfsecond.streams.metric.Present.SignalNow;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the topology shows now, as a page: open alerts, hosts by evidence, and of one host its
/// baselines, what it measures now and what changed.
///
/// Pure. **Guarantees** one document without script, image, font or other file from elsewhere, in
/// which text of others is escaped, so that it works under [Stylesheet#POLICY].
public final class StatusPage {
  /// The connections of a minute are shown five seconds after it.
  private static final Duration RELOAD = Duration.ofSeconds(10);

  /// Nobody reads further; Grafana and `halfsecond alerts --open` have all.
  private static final int MOST_HOSTS = 50;

  private static final int MOST_ALERTS = 100;

  /// Of an incident; its evidence names all.
  private static final int MOST_MEMBERS = 5;

  /// Other changes lead to them, and say more.
  private static final Set<String> STARTS = Set.of("restart", "boot");

  private static final Duration SILENT = Duration.ofMinutes(3);

  private final Present present;
  private final Share share;
  private final Instant now;

  /// One cause is one alert. The page of a host has the others.
  private final List<Alert> uncovered;

  private StatusPage(Present present, Share share, Instant now) {
    this.present = present;
    this.share = share;
    this.uncovered = present.alerts().stream().filter(alert -> !alert.getCovered()).toList();
    this.now = now;
  }

  /// The page of all hosts of an instance. If there is one host only, its own page is part of it.
  public static String ofAll(Present present, Share share, Instant now) {
    return new StatusPage(present, share, now).all();
  }

  /// The page of one host; empty if the instance does not have it.
  public static Optional<String> ofHost(Present present, Share share, String host, Instant now) {
    var page = new StatusPage(present, share, now);
    return present
        .host(host)
        .map(
            known ->
                page.document(
                    host,
                    "<p><a href=\"/\">All hosts</a></p>"
                        + page.alerts(page.alertsOf(known))
                        + page.detail(known)));
  }

  /// Of the page of a host, on the server that has it.
  public static String reference(String host) {
    return "/?host=" + URLEncoder.encode(host, StandardCharsets.UTF_8);
  }

  private String all() {
    var body = share() + alerts(uncovered) + hosts();
    return document(
        "sshd on %,d host%s%s"
            .formatted(
                present.hosts().size(),
                present.hosts().size() == 1 ? "" : "s",
                share.isWhole() ? "" : " of this instance"),
        present.hosts().size() == 1 ? body + detail(present.hosts().getFirst()) : body);
  }

  private String document(String title, String body) {
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="refresh" content="%d">
    <title>%s%s – Halfsecond</title><style>%s</style></head><body>
    <header><h1>Halfsecond: %s</h1><span>%s</span></header>
    %s
    </body></html>
    """
        .formatted(
            RELOAD.toSeconds(),
            uncovered.isEmpty() ? "" : "(%d) ".formatted(uncovered.size()),
            Html.text(title),
            Stylesheet.TEXT,
            Html.text(title),
            AlertText.time(now),
            body);
  }

  /// Nobody must take a part for the whole.
  private String share() {
    if (share.isWhole()) {
      return "";
    }
    if (!share.isKnown()) {
      return "<p>The topology starts, moves its work or has failed: other instances may have hosts"
          + " and alerts that are not shown here.</p>";
    }
    return """
    <p>Other instances of the topology have the other hosts and their alerts: this one has %,d of %,d \
    partitions of the telemetry. %s</p>
    """
        .formatted(
            share.partitions(),
            share.all(),
            share.others().isEmpty()
                ? "Their addresses are not known; stream.advertised-http tells them."
                : "Their pages: "
                    + share.others().stream()
                        .map(StatusPage::link)
                        .collect(Collectors.joining(", "))
                    + ".");
  }

  private static String link(URI page) {
    return "<a href=\"%s\">%s</a>"
        .formatted(Html.text(page.toString()), Html.text(page.getAuthority()));
  }

  /// Those of the host, its incidents, and the alerts of its cohort.
  private List<Alert> alertsOf(Host host) {
    return present.alerts().stream().filter(alert -> isAbout(alert, host)).toList();
  }

  private static boolean isAbout(Alert alert, Host host) {
    return switch (alert.getScope()) {
      case HOST, UNKNOWN -> alert.getHost().equals(host.name());
      case INCIDENT -> members(alert).anyMatch(host.name()::equals);
      case COHORT -> !host.cohort().isEmpty() && alert.getCohort().equals(host.cohort());
    };
  }

  private static Stream<String> members(Alert incident) {
    return incident.getMembers().stream().map(Member::getHost).filter(name -> !name.isEmpty());
  }

  private String alerts(List<Alert> alerts) {
    if (alerts.isEmpty()) {
      return "<h2>Open alerts</h2><p class=\"quiet\">No alert is open.</p>";
    }
    // What covers them may be on another instance.
    boolean alone = alerts.stream().allMatch(Alert::getCovered);
    var first = alerts.stream().filter(alert -> alone || !alert.getCovered()).toList();
    var covered = alerts.stream().filter(alert -> !alone && alert.getCovered()).toList();
    var more = first.size() - MOST_ALERTS;
    return "<h2>Open alerts</h2>%s%s%s"
        .formatted(
            articles(first),
            covered.isEmpty()
                ? ""
                : "<details><summary>Alerts that are part of these (%d)</summary>%s</details>"
                    .formatted(covered.size(), articles(covered)),
            more > 0
                ? "<p class=\"quiet\">And %d more; halfsecond alerts --open has all.</p>"
                    .formatted(more)
                : "");
  }

  private String articles(List<Alert> alerts) {
    return alerts.stream().limit(MOST_ALERTS).map(this::alert).collect(Collectors.joining());
  }

  private String alert(Alert alert) {
    var title = alert.getTitle().isEmpty() ? alert.getSummary() : alert.getTitle();
    var evidence =
        alert.getEvidence().stream()
            .map(line -> "<li>%s</li>".formatted(Html.text(line)))
            .collect(Collectors.joining());
    return """
    <article class="%s"><h3>%s</h3><p class="tags"><b>%s</b> %s, %s%s</p><p>%s</p>\
    <details><summary>Evidence</summary><ul>%s</ul></details>\
    <p class="quiet">halfsecond ack %s --accept --why CHANGE, or --dismiss</p></article>
    """
        .formatted(
            alert.getConfirmed() ? "confirmed" : "open",
            Html.text(title),
            scope(alert),
            alert.getConfirmed() ? "confirmed" : "not confirmed yet",
            Html.text(alert.getTier().toString().toLowerCase(Locale.ROOT)),
            Stream.concat(Stream.of(alert.getHost()), members(alert).limit(MOST_MEMBERS))
                .filter(name -> !name.isEmpty())
                .map(name -> ", " + link(name))
                .collect(Collectors.joining()),
            Html.text(alert.getSummary()),
            evidence,
            Html.text(AlertText.shortId(alert)));
  }

  private static String scope(Alert alert) {
    return switch (alert.getScope()) {
      case INCIDENT -> "Incident";
      case COHORT -> "Cohort";
      case HOST, UNKNOWN -> "Host";
    };
  }

  private static String link(String host) {
    return "<a href=\"%s\">%s</a>".formatted(reference(host), Html.text(host));
  }

  private String hosts() {
    if (present.hosts().isEmpty()) {
      return "<h2>Hosts</h2><p class=\"quiet\">No host has sent telemetry to this instance, or"
          + " metrics.hosts is none.</p>";
    }
    var rows =
        present.hosts().stream().limit(MOST_HOSTS).map(this::row).collect(Collectors.joining());
    return """
    <h2>Hosts by evidence</h2>
    <table><thead><tr><th>Host</th><th>Evidence</th><th>Startup, baseline</th><th>now</th>\
    <th></th><th>Heartbeat</th><th>Last change</th></tr></thead><tbody>%s</tbody></table>%s
    """
        .formatted(
            rows,
            present.hosts().size() > MOST_HOSTS
                ? "<p class=\"quiet\">The first %d of %,d hosts. An alert opens at 100 %%.</p>"
                    .formatted(MOST_HOSTS, present.hosts().size())
                : "<p class=\"quiet\">An alert opens at 100 %.</p>");
  }

  private String row(Host host) {
    var startup = Optional.ofNullable(host.signals().get("startup"));
    return """
    <tr><td>%s</td><td class="%s">%s</td><td>%s</td><td>%s</td><td>%s</td><td class="%s">%s</td>\
    <td>%s</td></tr>
    """
        .formatted(
            link(host.name()),
            host.evidence() >= 1 ? "bad" : "",
            Html.evidence(host.evidence()),
            startup.map(signal -> Strip.figure(signal, signal.usual())).orElse("–"),
            startup.map(signal -> Strip.figure(signal, signal.median())).orElse("–"),
            startup.map(Strip::of).orElse(""),
            host.heartbeat().filter(this::isSilent).isPresent() ? "bad" : "",
            host.heartbeat().map(this::age).orElse("–"),
            lastChange(host));
  }

  private static String lastChange(Host host) {
    return host.changes().stream()
        .filter(change -> !STARTS.contains(change.kind()))
        .findFirst()
        .or(() -> host.changes().stream().findFirst())
        .map(change -> Html.text(change.change()))
        .orElse("–");
  }

  private boolean isSilent(Instant heartbeat) {
    return heartbeat.isBefore(now.minus(SILENT));
  }

  private String age(Instant then) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  private String detail(Host host) {
    var signals =
        host.signals().entrySet().stream()
            .map(signal -> signal(signal.getKey(), signal.getValue()))
            .collect(Collectors.joining());
    var changes =
        host.changes().stream()
            .map(
                change ->
                    "<tr><td>%s</td><td>%s</td><td>%s</td></tr>"
                        .formatted(
                            AlertText.time(change.at()),
                            Html.text(change.kind()),
                            Html.text(change.change())))
            .collect(Collectors.joining());
    return """
    <h2>Baseline and now: %s</h2>
    %s
    <h2>What changed</h2>
    %s
    """
        .formatted(
            Html.text(host.name()),
            signals.isEmpty()
                ? "<p class=\"quiet\">No connection was measured in the last minutes.</p>"
                : """
                <table><thead><tr><th>Signal</th><th>Baseline, 5 %% to 95 %%</th><th>median</th>\
                <th>Now, median</th><th>95 %%</th><th></th></tr></thead><tbody>%s</tbody></table>
                <p class="quiet">Grey: nine of ten connections of the baseline, with their median. \
                The dot is the median of the last minute, its line ends at the 95 %% quantile. Each \
                row has an axis of its own.</p>
                """
                    .formatted(signals),
            changes.isEmpty()
                ? "<p class=\"quiet\">No change is known.</p>"
                : "<table><thead><tr><th>At</th><th>Kind</th><th>Change</th></tr></thead><tbody>%s</tbody></table>"
                    .formatted(changes));
  }

  private static String signal(String name, SignalNow signal) {
    return "<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td><td>%s</td><td>%s</td></tr>"
        .formatted(
            Html.text(name),
            signal.low().isEmpty()
                ? "–"
                : Strip.figure(signal, signal.low()) + " – " + Strip.figure(signal, signal.high()),
            Strip.figure(signal, signal.usual()),
            Strip.isOutside(signal) ? "bad" : "",
            Strip.figure(signal, signal.median()),
            Strip.figure(signal, signal.upper()),
            Strip.of(signal));
  }
}
