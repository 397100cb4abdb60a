package io.halfsecond.grafana;

import static io.halfsecond.grafana.Series.ALERT;
import static io.halfsecond.grafana.Series.CHANGE;
import static io.halfsecond.grafana.Series.CONFIRMED;
import static io.halfsecond.grafana.Series.DETAILS;
import static io.halfsecond.grafana.Series.EVIDENCE;
import static io.halfsecond.grafana.Series.HEARTBEAT;
import static io.halfsecond.grafana.Series.MEASUREMENTS;
import static io.halfsecond.grafana.Series.ONSET;
import static io.halfsecond.grafana.Series.SIGNAL;
import static io.halfsecond.grafana.Series.figure;
import static io.halfsecond.grafana.Series.firstTen;
import static io.halfsecond.grafana.Series.ofCohort;

import java.util.Map;

/// Which host, and can I trust the silence of the others?
final class FleetDashboard {
  /// Alerts of the chosen hosts and cohorts.
  private static final String CHOSEN = "host=~\"$host\",cohort=~\"$cohort\"";

  private static final String OF_COHORT = "cohort=~\"$cohort\"";
  private static final String HEARD = "max by (host) (%s{host=~\"$host\"})".formatted(HEARTBEAT);
  private static final String WORST = "max by (host) (%s{host=~\"$host\"})".formatted(EVIDENCE);

  private FleetDashboard() {}

  static Map<String, Object> json() {
    return new Page(
            Links.FLEET,
            "Fleet",
            "Which hosts' sshd has become slower or uses more CPU than before, and whether every"
                + " host is watched.",
            "now-6h")
        .choices("cohort", "Cohort", "label_values(%s, cohort)".formatted(DETAILS), ".*")
        .choices(
            "host", "Host", "label_values(%s{cohort=~\"$cohort\"}, host)".formatted(DETAILS), ".+")
        .hidden("nearest", "topk(1, %s)".formatted(ofCohort(WORST)), "/host=\"([^\"]+)\"/")
        .marks(
            "Incident",
            "red",
            figure(ONSET, "scope!=\"host\"," + OF_COHORT),
            "Incident {{id}} began",
            "")
        .marks(
            "Change",
            "purple",
            "topk(20, max by (kind, change) (%s{kind!~\"restart|boot\"} and on (host) %s{%s}))"
                .formatted(CHANGE, DETAILS, OF_COHORT),
            "{{change}}",
            "{{kind}}, on the last host that got it")
        .link(Links.toHost("Host", "The chosen host that is nearest to an alert", "${nearest}"))
        .link(Links.to("Pipeline", "Whether every measurement arrives", Links.PIPELINE))
        .row(4, open(), shifted(), watched(), silent(), connections())
        .row(7, AlertTables.ofIncidents("Incidents open now", OF_COHORT))
        .row(
            9,
            AlertTables.ofHosts(
                "Alerts of hosts open now",
                " An incident above may cover it. The host's name leads to its dashboard.",
                CHOSEN))
        .row(10, nearest(), evidence())
        .row(9, startup(), openOverTime())
        .json();
  }

  private static Panel open() {
    return Panel.stat(
            "Open alerts",
            "Incidents and alerts of cohorts, confirmed alerts of hosts, and alerts of hosts that"
                + " are not confirmed yet. Dismissed alerts do not count. Several signals of a host"
                + " can move together.")
        .steps("green", 1, "red")
        .line(
            counted("count by (id) (%s{scope!=\"host\",%s})".formatted(ALERT, OF_COHORT)),
            "incidents")
        .line(counted("%s == 1".formatted(confirmed())), "of hosts")
        .line(counted("%s == 0".formatted(confirmed())), "not confirmed");
  }

  private static String confirmed() {
    return "(%s)".formatted(figure(CONFIRMED, "scope=\"host\"," + CHOSEN));
  }

  private static String counted(String promql) {
    return "count(%s) or vector(0)".formatted(promql);
  }

  private static Panel shifted() {
    return Panel.stat("Hosts that shifted", "Hosts with at least one open alert, of all watched.")
        .steps("green", 1, "red")
        .line(counted("count by (host) (%s{scope=\"host\",%s})".formatted(ALERT, CHOSEN)), "");
  }

  private static Panel watched() {
    return Panel.stat(
            "Hosts watched",
            "Hosts whose collector sent a heartbeat in the last 3 minutes. With metrics.hosts:"
                + " none, heartbeats of silent collectors only are shown, so this is 0.")
        .steps("blue")
        .line(counted(ofCohort("time() - %s < 180".formatted(HEARD))), "");
  }

  private static Panel silent() {
    return Panel.stat(
            "Hosts silent, all cohorts",
            "Hosts that were watched and whose collector has sent no heartbeat for 3 minutes or"
                + " more. Somebody may have stopped it.")
        .steps("green", 1, "red")
        .line(counted("time() - %s >= 180".formatted(HEARD)), "");
  }

  private static Panel connections() {
    return Panel.stat(
            "Connections per minute, all cohorts",
            "Connections whose startup the topology measured, over the last 5 minutes. A host"
                + " without connections cannot be judged.")
        .steps("blue")
        .ifEmpty("No topology is scraped.")
        .line("sum(rate(%s{signal=\"startup\"}[5m])) * 60".formatted(MEASUREMENTS), "");
  }

  private static Panel nearest() {
    return Panel.bars(
            "The ten hosts nearest to an alert now",
            "Shiryaev–Roberts evidence divided by its limit, the highest of a host's signals. An"
                + " alert opens at 100 %. What is below 0.1 % is shown as 0.1 %.")
        .evidence()
        .defaults("max", 1)
        .ifEmpty("No host has evidence yet.")
        .now(
            "sort_desc(%s)".formatted(Evidence.atLeast("topk(10, %s)".formatted(ofCohort(WORST)))),
            "{{host}}")
        .linkToHost();
  }

  private static Panel evidence() {
    return Panel.graph(
            "Evidence of these ten",
            "How the ten hosts that are nearest now came there. An alert opens at the dashed line."
                + " What is below 0.1 % is shown as 0.1 %. The host's dashboard has it by signal.")
        .evidence()
        .ifEmpty("No host has evidence yet.")
        .line(
            Evidence.atLeast(
                firstTen(at -> "max by (host) (%s{host=~\"$host\"}%s)".formatted(EVIDENCE, at))),
            "{{host}}")
        .linkToHost();
  }

  private static Panel startup() {
    return Panel.graph(
            "Startup, median, of the ten hosts that are slowest now",
            "From the fork of the monitor until its preauth child has dropped its privileges, less"
                + " the wait for a CPU and for the client, in 5-minute windows. It includes the"
                + " loader's work, before sshd's first log line.")
        .unit("s")
        .defaults("decimals", 1)
        .logarithmic(2)
        .ifEmpty("No startup was measured in the last 5 minutes.")
        .line(
            firstTen(
                at ->
                    "max by (host) (%s{host=~\"$host\",signal=\"startup\",window=\"5m\",quantile=\"0.5\"}%s)"
                        .formatted(SIGNAL, at)),
            "{{host}}")
        .linkToHost();
  }

  private static Panel openOverTime() {
    return Panel.graph(
            "Open alerts of hosts, by tier",
            "Open alerts of the chosen hosts over time, without dismissed ones. Step is a page"
                + " once it is confirmed; creep and drift are tickets.")
        .defaults("min", 0)
        .defaults("decimals", 0)
        .custom("fillOpacity", 20)
        .custom("lineInterpolation", "stepAfter")
        .custom("stacking", Json.object("mode", "normal", "group", "A"))
        .ifEmpty("No alert of a host was open.")
        .line(
            "count by (tier) (count by (id, tier) (%s{scope=\"host\",%s}))"
                .formatted(ALERT, CHOSEN),
            "{{tier}}");
  }
}
