package io.halfsecond.grafana;

import static io.halfsecond.grafana.Series.ACKNOWLEDGED;
import static io.halfsecond.grafana.Series.ASSEMBLED;
import static io.halfsecond.grafana.Series.DROPPED;
import static io.halfsecond.grafana.Series.IN_FLIGHT;
import static io.halfsecond.grafana.Series.MISSED;
import static io.halfsecond.grafana.Series.OPEN_CONNECTIONS;
import static io.halfsecond.grafana.Series.READ;
import static io.halfsecond.grafana.Series.RECORDS_IN_FLIGHT;
import static io.halfsecond.grafana.Series.SOURCE_DEGRADED;
import static io.halfsecond.grafana.Series.SOURCE_UP;

/// What the collector of one host says of itself: that nothing vanishes.
final class CollectorPanels {
  private static final String NOT_SCRAPED = "This host's collector is not scraped.";

  private CollectorPanels() {}

  static Page addTo(Page page) {
    return page.row(8, fates(), unaccounted())
        .row(8, inFlight(), acknowledged(), open())
        .row(7, sources(), missed());
  }

  private static String rate(String counter, String by) {
    return "sum%s (rate(%s{host=\"$host\"}[$__rate_interval]))".formatted(by, counter);
  }

  private static String now(String gauge) {
    return "sum by (source) (%s{host=\"$host\"})".formatted(gauge);
  }

  private static Panel fates() {
    return Panel.graph(
            "Events by fate",
            "Every event read is assembled into a connection, dropped for a reason, or in flight."
                + " The stack shows these parts, the line shows events read.")
        .unit("cps")
        .defaults("min", 0)
        .custom("fillOpacity", 20)
        .custom("stacking", Json.object("mode", "normal", "group", "A"))
        .ifEmpty(NOT_SCRAPED)
        .line(rate(ASSEMBLED, ""), "assembled")
        .line(rate(DROPPED, " by (reason)"), "dropped: {{reason}}")
        .line(rate(READ, ""), "read")
        .of(
            "read",
            "custom.stacking",
            Json.object("mode", "none", "group", "A"),
            "custom.fillOpacity",
            0,
            "custom.lineWidth",
            2);
  }

  private static Panel unaccounted() {
    return Panel.graph(
            "Events unaccounted for",
            "Read, less assembled, dropped and in flight, by source. Zero, except when a scrape"
                + " falls between two counters; a value that stays is a defect of the collector.")
        .ifEmpty(NOT_SCRAPED)
        .line(
            "%s - %s - (%s or 0 * %s) - %s"
                .formatted(now(READ), now(ASSEMBLED), now(DROPPED), now(READ), now(IN_FLIGHT)),
            "{{source}}");
  }

  private static Panel inFlight() {
    return Panel.graph(
            "Records in flight",
            "Records created and not yet acknowledged by Kafka, by topic. It grows while Kafka is"
                + " unreachable.")
        .defaults("min", 0)
        .ifEmpty(NOT_SCRAPED)
        .line("sum by (topic) (%s{host=\"$host\"})".formatted(RECORDS_IN_FLIGHT), "{{topic}}");
  }

  private static Panel acknowledged() {
    return Panel.graph(
            "Records acknowledged", "Records acknowledged by Kafka, per second, by topic.")
        .unit("cps")
        .defaults("min", 0)
        .ifEmpty(NOT_SCRAPED)
        .line(rate(ACKNOWLEDGED, " by (topic)"), "{{topic}}");
  }

  private static Panel open() {
    return Panel.graph("Connections open", "Connections that the collector tracks now.")
        .defaults("min", 0)
        .ifEmpty(NOT_SCRAPED)
        .line("sum(%s{host=\"$host\"})".formatted(OPEN_CONNECTIONS), "open");
  }

  private static Panel sources() {
    return Panel.states(
            "Sources",
            "Which sources run, and which of these lack evidence (degraded). Without the kernel"
                + " source, durations come from log lines and startup is not measured.")
        .steps("red", 1, "green")
        .states("down", "red", "up", "green", "degraded", "orange")
        .ifEmpty(NOT_SCRAPED)
        .line(
            "min by (source) (%s{host=\"$host\"}) + max by (source) (%s{host=\"$host\"})"
                .formatted(SOURCE_UP, SOURCE_DEGRADED),
            "{{source}}");
  }

  private static Panel missed() {
    return Panel.graph(
            "Events lost",
            "Events that a source knows it missed. Connections open at that time are marked"
                + " incomplete and not judged.")
        .unit("cps")
        .defaults("min", 0)
        .ifEmpty(NOT_SCRAPED)
        .line(rate(MISSED, " by (source)"), "{{source}}");
  }
}
