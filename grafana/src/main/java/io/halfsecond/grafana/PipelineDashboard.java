package io.halfsecond.grafana;

import static io.halfsecond.grafana.Series.ALERT_RECORDS;
import static io.halfsecond.grafana.Series.BUILD;
import static io.halfsecond.grafana.Series.DEAD_LETTERS;
import static io.halfsecond.grafana.Series.DECISIONS;
import static io.halfsecond.grafana.Series.DELIVERED;
import static io.halfsecond.grafana.Series.DROPPED;
import static io.halfsecond.grafana.Series.HEARTBEAT;
import static io.halfsecond.grafana.Series.HIDDEN;
import static io.halfsecond.grafana.Series.HOSTS;
import static io.halfsecond.grafana.Series.HOST_LOST;
import static io.halfsecond.grafana.Series.LAG;
import static io.halfsecond.grafana.Series.MEASUREMENTS;
import static io.halfsecond.grafana.Series.MISSED;
import static io.halfsecond.grafana.Series.NOT_DELIVERED;
import static io.halfsecond.grafana.Series.PUSH_BEHIND;
import static io.halfsecond.grafana.Series.RECORDS_DROPPED;
import static io.halfsecond.grafana.Series.REFUSED;
import static io.halfsecond.grafana.Series.SEEN;
import static io.halfsecond.grafana.Series.SKIPPED;

import java.util.Map;

/// Does every measurement arrive, and is it judged?
final class PipelineDashboard {
  private static final String NO_TOPOLOGY = "No topology is scraped.";
  private static final String NO_COLLECTOR = "No collector is scraped.";
  private static final String NO_PUSH = "No halfsecond push is scraped.";

  /// Kafka's client counts a topic with dots twice, the second time with underscores.
  private static final String BEHIND = LAG + "{topic!~\"[^.]*_[^.]*\"}";

  private PipelineDashboard() {}

  static Map<String, Object> json() {
    return new Page(
            Links.PIPELINE,
            "Pipeline",
            "Whether every measurement arrives at the topology and is judged.",
            "now-6h")
        .link(Links.to("Fleet", "All hosts", Links.FLEET))
        .row(4, hosts(), silent(), deadLetters(), hidden(), lag())
        .heading("Topology")
        .row(8, measured(), behind())
        .row(8, notUsed(), notJudged(), refused())
        .row(8, records(), decisions(), builds())
        .heading("Collectors")
        .row(8, heartbeats(), lost())
        .row(8, seen())
        .row(8, missed(), dropped(), recordsDropped())
        .heading("Push")
        .row(8, delivered(), notDelivered(), pushBehind())
        .json();
  }

  private static Panel hosts() {
    return Panel.stat("Hosts kept", "Hosts that the instances of the topology keep a baseline of.")
        .steps("blue")
        .ifEmpty(NO_TOPOLOGY)
        .line("sum(%s)".formatted(HOSTS), "");
  }

  private static Panel silent() {
    return Panel.stat(
            "Hosts silent",
            "Hosts whose collector has sent no heartbeat for 3 minutes or more. Many at once mean"
                + " that Kafka or the topology has stopped.")
        .steps("green", 1, "red")
        .line("count(time() - max by (host) (%s) >= 180) or vector(0)".formatted(HEARTBEAT), "");
  }

  private static Panel deadLetters() {
    return Panel.stat(
            "Dead letters",
            "Records that could not be used, in the time range shown. Each is on the dead-letter"
                + " topic with error and origin.")
        .steps("green", 1, "yellow")
        .line("sum(increase(%s[$__range])) or vector(0)".formatted(DEAD_LETTERS), "");
  }

  private static Panel hidden() {
    return Panel.stat(
            "Alerts without series",
            "Open alerts beyond the thousand that an instance shows. halfsecond alerts --open has"
                + " them all.")
        .steps("green", 1, "red")
        .line("sum(%s) or vector(0)".formatted(HIDDEN), "");
  }

  private static Panel lag() {
    return Panel.stat(
            "Records behind",
            "Records in Kafka that the topology has not read yet, of all partitions.")
        .steps("green", 10_000, "yellow", 1_000_000, "red")
        .ifEmpty(NO_TOPOLOGY)
        .line("sum(%s)".formatted(BEHIND), "");
  }

  private static Panel measured() {
    return perMinute(
            "Measurements",
            "Measurements that were judged, per minute, by signal. selftest counts comparisons.",
            "sum by (signal) (rate(%s[5m])) * 60".formatted(MEASUREMENTS),
            "{{signal}}")
        .ifEmpty(NO_TOPOLOGY);
  }

  private static Panel behind() {
    return Panel.graph(
            "Records behind, by topic",
            "Records in Kafka that the topology has not read yet. A topology that keeps up stays"
                + " below a second of records.")
        .defaults("min", 0)
        .ifEmpty(NO_TOPOLOGY)
        .line("sum by (topic) (%s)".formatted(BEHIND), "{{topic}}");
  }

  private static Panel notUsed() {
    return perMinute(
            "Dead letters per minute",
            "Records that the topology could not use and copied to the dead-letter topic, by"
                + " reason.",
            "sum by (reason) (rate(%s[5m])) * 60".formatted(DEAD_LETTERS),
            "{{reason}}")
        .ifEmpty(NO_TOPOLOGY);
  }

  private static Panel notJudged() {
    return perMinute(
            "Records not judged",
            "Records that were read and intentionally not judged: duplicates, incomplete, too"
                + " late, or of a probe's connection.",
            "sum by (reason) (rate(%s[5m])) * 60".formatted(SKIPPED),
            "{{reason}}")
        .ifEmpty(NO_TOPOLOGY);
  }

  private static Panel refused() {
    return perMinute(
            "Records refused",
            "Records and decisions that are not from who they say they are from, by what is wrong"
                + " with their code.",
            "sum by (reason) (rate(%s[5m])) * 60".formatted(REFUSED),
            "{{reason}}")
        .ifEmpty(NO_TOPOLOGY);
  }

  private static Panel perMinute(String title, String description, String promql, String legend) {
    return Panel.graph(title, description).unit("cpm").defaults("min", 0).line(promql, legend);
  }

  private static Panel records() {
    return inTenMinutes(
        "Alert records by state",
        "Records on the alert topic by state, in ten minutes: opened, confirmed, updated, and how"
            + " alerts ended.",
        ALERT_RECORDS,
        "state");
  }

  private static Panel decisions() {
    return inTenMinutes(
        "Decisions",
        "Decisions by halfsecond ack, in ten minutes. Ignored: the alert was over or unknown,"
            + " because two people decided at once or another program writes to the topic.",
        DECISIONS,
        "result");
  }

  private static Panel inTenMinutes(
      String title, String description, String counter, String label) {
    return Panel.graph(title, description)
        .defaults("min", 0)
        .ifEmpty(NO_TOPOLOGY)
        .line("sum by (%s) (increase(%s[10m]))".formatted(label, counter), "{{" + label + "}}");
  }

  private static Panel builds() {
    return Panel.table(
            "Versions",
            "Which versions run now, and on how many instances. Two versions during an upgrade are"
                + " as intended.")
        .ifEmpty("Nothing is scraped.")
        .custom("width", 90)
        .of("Version", "custom.width", 135)
        .of("Java", "custom.width", 105)
        .of("Instances", "unit", "none")
        .column("count by (component, version, java) (%s)".formatted(BUILD))
        .columns(
            "component", "Component", "version", "Version", "java", "Java", "Value", "Instances");
  }

  private static Panel heartbeats() {
    return Panel.bars(
            "The ten oldest heartbeats now",
            "Time since the last heartbeat that the topology read. A collector sends one every 10"
                + " seconds by default; after 3 minutes the alert for silent collectors becomes"
                + " pending.")
        .unit("s")
        .defaults("min", 0)
        .defaults("max", 300)
        .steps("green", 60, "yellow", 180, "red")
        .ifEmpty("No heartbeat is shown.")
        .now("sort_desc(topk(10, time() - max by (host) (%s)))".formatted(HEARTBEAT), "{{host}}")
        .linkToHost();
  }

  private static Panel lost() {
    return Panel.graph(
            "Telemetry lost",
            "Records, events and connections lost between the kernel and the judge, in ten"
                + " minutes, as counted by the topology, on all hosts. A host's own dashboard and"
                + " its alerts say why.")
        .defaults("min", 0)
        .ifEmpty(NO_TOPOLOGY)
        .line("sum(increase(%s[10m]))".formatted(HOST_LOST), "all reasons");
  }

  private static Panel seen() {
    return Panel.table(
            "Who saw the connections",
            "Connections of clients in the time range shown, by cohort and by whether the kernel"
                + " and the log have seen them. Why one has not: no-login, a scan or a timeout, of"
                + " which sshd need not write anything; incomplete, evidence was lost; no-kernel,"
                + " the collector reads no kernel events; unexplained, a login that should be in"
                + " the log.")
        .ifEmpty("No connection in this time.")
        .of("Connections", "unit", "none")
        .column(
            "round(sum by (cohort, evidence, gap) (increase(%s[$__range]))) > 0".formatted(SEEN))
        .columns(
            "cohort",
            "Cohort",
            "evidence",
            "Seen by",
            "gap",
            "Why not by both",
            "Value",
            "Connections")
        .sortBy("Connections", true);
  }

  private static Panel missed() {
    return Panel.graph(
            "Events lost",
            "Kernel or log events that a source knows it missed: netlink overflows, gaps in the"
                + " journal. Connections open at that time are not judged.")
        .unit("cps")
        .defaults("min", 0)
        .ifEmpty(NO_COLLECTOR)
        .line("sum by (source) (rate(%s[$__rate_interval]))".formatted(MISSED), "{{source}}");
  }

  private static Panel dropped() {
    return Panel.graph(
            "Events dropped",
            "Events read and not used, by reason. Unrelated events belong to other programs and"
                + " are the majority on a busy host; a full queue is a loss.")
        .unit("cps")
        .defaults("min", 0)
        .ifEmpty(NO_COLLECTOR)
        .line("sum by (reason) (rate(%s[$__rate_interval]))".formatted(DROPPED), "{{reason}}");
  }

  private static Panel recordsDropped() {
    return Panel.graph(
            "Records dropped before Kafka",
            "Records that the collectors created and dropped, by reason. Kafka was unreachable for"
                + " longer than a collector can buffer.")
        .unit("cps")
        .defaults("min", 0)
        .ifEmpty(NO_COLLECTOR)
        .line(
            "sum by (reason) (rate(%s[$__rate_interval]))".formatted(RECORDS_DROPPED),
            "{{reason}}");
  }

  private static Panel delivered() {
    return ofPush(
        "Requests delivered",
        "Requests that Alertmanager or the webhook has taken, per minute, by receiver. Nothing is"
            + " wrong with a webhook that gets none while no alert begins or ends.",
        DELIVERED);
  }

  private static Panel notDelivered() {
    return ofPush(
        "Attempts that failed",
        "Attempts to deliver that failed and are repeated, per minute, by receiver.",
        NOT_DELIVERED);
  }

  private static Panel ofPush(String title, String description, String counter) {
    return perMinute(
            title,
            description,
            "sum by (kind, receiver) (rate(%s[5m])) * 60".formatted(counter),
            "{{kind}} {{receiver}}")
        .ifEmpty(NO_PUSH);
  }

  private static Panel pushBehind() {
    return Panel.graph(
            "Time behind", "Age of the oldest alert that a receiver has not got, 0 if it has all.")
        .unit("s")
        .defaults("min", 0)
        .ifEmpty(NO_PUSH)
        .line("max by (kind, receiver) (%s)".formatted(PUSH_BEHIND), "{{kind}} {{receiver}}");
  }
}
