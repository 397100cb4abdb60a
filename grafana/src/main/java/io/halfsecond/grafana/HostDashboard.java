package io.halfsecond.grafana;

import static io.halfsecond.grafana.Series.ALERT;
import static io.halfsecond.grafana.Series.BASELINE;
import static io.halfsecond.grafana.Series.BASELINE_CONNECTIONS;
import static io.halfsecond.grafana.Series.BASELINE_FAULTS;
import static io.halfsecond.grafana.Series.CHANGE;
import static io.halfsecond.grafana.Series.CONFIRMED;
import static io.halfsecond.grafana.Series.CONNECTIONS;
import static io.halfsecond.grafana.Series.DETAILS;
import static io.halfsecond.grafana.Series.EVIDENCE;
import static io.halfsecond.grafana.Series.EVIDENCE_OF_SIGNAL;
import static io.halfsecond.grafana.Series.HEARTBEAT;
import static io.halfsecond.grafana.Series.ONSET;
import static io.halfsecond.grafana.Series.SIGNAL;
import static io.halfsecond.grafana.Series.SIGNAL_FAULTS;
import static io.halfsecond.grafana.Series.figure;

import java.util.List;
import java.util.Map;

/// What moved there, when, and what changed?
final class HostDashboard {
  private static final String THIS = "host=\"$host\"";
  private static final String NOT_SHOWN =
      "Not shown: this host has no open alert and does not lead the evidence. metrics.hosts: all"
          + " shows every host.";
  private static final String DETAILS_ONLY = " Only of a host whose details are shown.";

  private static final String PREAUTH =
      "Life of the preauth child, less the wait for a CPU: key exchange and authentication,"
          + " including PAM, DNS and the person's typing.";
  private static final String CPU_STARTUP =
      "CPU time of the monitor until it forked its preauth child. Load changes it little, a"
          + " library's constructor at once.";
  private static final String CPU_PREAUTH =
      "CPU time of the preauth child, and of the monitor during that phase.";
  private static final String CPU_SESSION =
      "CPU time of sshd's own processes after authentication; what the user runs is not included.";
  private static final String BANNER = "From connect to sshd's banner, the least of five.";
  private static final String KEX = "The key exchange of the probe with sshd.";
  private static final String REFUSAL = "Until sshd refuses the probe's user, who does not exist.";
  private static final String GAP =
      "What the client saw, less what the kernel saw: what is between client and sshd.";

  private HostDashboard() {}

  static Map<String, Object> json() {
    var page =
        new Page(
                Links.HOST,
                "Host",
                "What sshd costs on one host, compared with its baseline, and what changed there.",
                "now-3h")
            .choice("host", "Host", "label_values(%s, host)".formatted(HEARTBEAT))
            .marks("Package or file", "purple", change("package|object"), "{{change}}", "{{kind}}")
            .marks("Restart", "light-blue", change("restart|boot"), "{{change}}", "{{kind}}")
            .marks(
                "Configuration",
                "orange",
                change("configuration|kernel|processor"),
                "{{change}}",
                "{{kind}}")
            .marks(
                "Onset of a shift",
                "red",
                "max by (id) (%s) * on (id) group_right () max by (id, signal, stratum, direction) (%s{scope=\"host\",%s})"
                    .formatted(ONSET, ALERT, THIS),
                "{{signal}} shifted {{direction}}",
                "{{stratum}}; alert {{id}}")
            .marks(
                "Incident",
                "dark-red",
                "max by (id, cohort) (max by (id) (%s) * on (id) group_right () %s{scope!=\"host\"}) and on (cohort) %s{%s}"
                    .formatted(ONSET, ALERT, ALERT, THIS),
                "Incident {{id}} began",
                "{{cohort}}")
            .link(Links.to("Fleet", "All hosts", Links.FLEET))
            .link(Links.to("Pipeline", "Whether every measurement arrives", Links.PIPELINE))
            .row(4, open(), evidence(), heartbeat(), learnt(), details())
            .row(
                6,
                AlertTables.ofHosts(
                    "This host's open alerts", " An incident of the cohort may cover it.", THIS))
            .row(9, startup(), graph("Preauth", "preauth", PREAUTH))
            .row(
                9,
                graph("CPU of startup", "cpu-startup", CPU_STARTUP),
                graph("CPU of preauth", "cpu-preauth", CPU_PREAUTH),
                graph("CPU of the session", "cpu-session", CPU_SESSION))
            .row(8, changes(), connections())
            .row(9, faults(), signals())
            .heading("The collector's own connections, once a minute")
            .row(
                9,
                graph("Probe: banner", "probe-banner", BANNER),
                graph("Probe: key exchange", "probe-kex", KEX),
                graph("Probe: refusal", "probe-auth", REFUSAL),
                graph("Probe: client against kernel", "probe-gap", GAP))
            .heading("The collector on this host");
    return CollectorPanels.addTo(page).json();
  }

  private static String change(String kinds) {
    return "max by (kind, change) (%s{%s,kind=~\"%s\"})".formatted(CHANGE, THIS, kinds);
  }

  private static Panel open() {
    return Panel.stat(
            "Open alerts",
            "Open alerts of this host, over all signals and strata: confirmed ones, and those that"
                + " are not confirmed yet.")
        .steps("green", 1, "red")
        .line("count((%s) == 1) or vector(0)".formatted(confirmed()), "confirmed")
        .line("count((%s) == 0) or vector(0)".formatted(confirmed()), "not confirmed");
  }

  private static String confirmed() {
    return figure(CONFIRMED, "scope=\"host\"," + THIS);
  }

  private static Panel evidence() {
    return Panel.stat(
            "Evidence, highest",
            "The highest evidence of any signal divided by its limit. At 100 % an alert opens."
                + " What is below 0.1 % is shown as 0.1 %.")
        .unit("percentunit")
        .defaults("decimals", 1)
        .steps("green", 0.1, "yellow", 1, "red")
        .ifEmpty("No connection was judged.")
        .line(Evidence.atLeast("max(%s{%s})".formatted(EVIDENCE, THIS)), "");
  }

  private static Panel heartbeat() {
    return Panel.stat("Heartbeat age", "Time since this host's collector last reported.")
        .unit("s")
        .steps("green", 60, "yellow", 180, "red")
        .ifEmpty("No heartbeat is shown.")
        .line("time() - max(%s{%s})".formatted(HEARTBEAT, THIS), "");
  }

  private static Panel learnt() {
    return Panel.stat(
            "Connections in the baseline",
            "Number of connections in the startup baseline. The more, the smaller the shifts that"
                + " can be detected.")
        .steps("red", 30, "yellow", 200, "green")
        .ifEmpty("Nothing is learnt yet.")
        .line("max(%s{%s,signal=\"startup\"})".formatted(BASELINE_CONNECTIONS, THIS), "");
  }

  private static Panel details() {
    return Panel.stat(
            "Details",
            "Whether every panel below has data. The topology shows all series of hosts with an"
                + " open alert and of those that lead the evidence (metrics.hosts: notable), of"
                + " every host (all), or of none. What is shown says nothing about what is judged:"
                + " every host is, and halfsecond alerts has its alerts.")
        .steps("blue", 1, "green")
        .states("few series", "blue", "all series", "green")
        .ifEmpty("none")
        .line("max(%s{%s})".formatted(DETAILS, THIS), "");
  }

  /// Quantiles of one minute before the band of the baseline.
  private static Panel graph(String title, String signal, String description) {
    return timing(
        Panel.graph(title, description + DETAILS_ONLY).unit("s").logarithmic(2).ifEmpty(NOT_SHOWN),
        SIGNAL,
        BASELINE,
        signal);
  }

  private static Panel timing(Panel panel, String now, String baseline, String signal) {
    return panel
        .custom("lineInterpolation", "stepAfter")
        .custom("spanNulls", 300_000)
        .defaults("decimals", 1)
        .line(quantile(baseline, signal, "0.05"), "baseline 5 %")
        .line(quantile(baseline, signal, "0.95"), "baseline 95 %")
        .line(quantile(baseline, signal, "0.5"), "baseline median")
        .line(quantile(now, signal + "\",window=\"1m", "0.95"), "95 %")
        .line(quantile(now, signal + "\",window=\"1m", "0.5"), "median")
        .of("baseline 5 %", "color", grey(), "custom.lineWidth", 0)
        .of(
            "baseline 95 %",
            "color",
            grey(),
            "custom.lineWidth",
            0,
            "custom.fillBelowTo",
            "baseline 5 %",
            "custom.fillOpacity",
            25)
        .of(
            "baseline median",
            "color",
            grey(),
            "custom.lineStyle",
            Json.object("fill", "dash", "dash", List.of(8, 6)))
        .of("95 %", "color", fixed("orange"))
        .of("median", "color", fixed("blue"), "custom.lineWidth", 2);
  }

  private static Object grey() {
    return fixed("#8e8e8e");
  }

  private static Object fixed(String color) {
    return Json.object("mode", "fixed", "fixedColor", color);
  }

  private static String quantile(String name, String signal, String quantile) {
    return "max(%s{%s,signal=\"%s\",quantile=\"%s\"})".formatted(name, THIS, signal, quantile);
  }

  /// Of a host without details, the windows of five minutes that every host has.
  private static Panel startup() {
    return timing(
            Panel.graph(
                    "Startup",
                    "From the fork of the monitor until the preauth child has dropped its"
                        + " privileges, less the wait for a CPU and for the client: loader and"
                        + " configuration. Of a host whose details are not shown, quantiles of 5"
                        + " minutes and no baseline.")
                .unit("s")
                .logarithmic(2)
                .ifEmpty("No startup was measured in the last 5 minutes."),
            SIGNAL,
            BASELINE,
            "startup")
        .line(withoutDetails("0.5"), "median of 5 min")
        .line(withoutDetails("0.95"), "95 % of 5 min")
        .of("median of 5 min", "color", fixed("semi-dark-blue"), "custom.lineWidth", 2)
        .of("95 % of 5 min", "color", fixed("semi-dark-orange"));
  }

  private static String withoutDetails(String quantile) {
    return "%s unless on () max(%s{%s}) == 1"
        .formatted(quantile(SIGNAL, "startup\",window=\"5m", quantile), DETAILS, THIS);
  }

  private static Panel faults() {
    return timing(
        Panel.graph(
                "Page faults of startup",
                "Minor page faults of the monitor until it forked its preauth child. Load does not"
                    + " change them, one more library does."
                    + DETAILS_ONLY)
            .unit("none")
            .ifEmpty(NOT_SHOWN),
        SIGNAL_FAULTS,
        BASELINE_FAULTS,
        "faults");
  }

  private static Panel changes() {
    return Panel.table(
            "What changed on this host",
            "The last changes of the files that sshd runs, of their packages, its configuration,"
                + " the kernel and the processor, and starts of sshd and of the host."
                + DETAILS_ONLY)
        .ifEmpty("No change is known.")
        .column("max by (kind, change) (%s{%s}) * 1000".formatted(CHANGE, THIS))
        .columns("Value", "At", "kind", "Kind", "change", "Change")
        .of("At", "unit", "dateTimeAsIso", "custom.width", 150)
        .of("Kind", "custom.width", 95)
        .sortBy("At", true);
  }

  private static Panel signals() {
    return Panel.graph(
            "Evidence by signal",
            "Shiryaev–Roberts evidence divided by its limit, the highest of the signal's strata."
                + " An alert opens at the dashed line. What is below 0.1 % is shown as 0.1 %."
                + DETAILS_ONLY)
        .evidence()
        .ifEmpty(NOT_SHOWN)
        .line(
            Evidence.atLeast("max by (signal) (%s{%s})".formatted(EVIDENCE_OF_SIGNAL, THIS)),
            "{{signal}}");
  }

  private static Panel connections() {
    return Panel.graph(
            "Connections in 5 minutes",
            "Number of connections that were measured in a window of 5 minutes, by signal. Of a"
                + " host whose details are not shown, startup only.")
        .defaults("min", 0)
        .ifEmpty("No connection was measured in the last 5 minutes.")
        .line("max by (signal) (%s{%s,window=\"5m\"})".formatted(CONNECTIONS, THIS), "{{signal}}");
  }
}
