package io.halfsecond.grafana;

import static io.halfsecond.grafana.Series.AFTER;
import static io.halfsecond.grafana.Series.ALERT;
import static io.halfsecond.grafana.Series.BEFORE;
import static io.halfsecond.grafana.Series.CONFIRMED;
import static io.halfsecond.grafana.Series.MEMBERS;
import static io.halfsecond.grafana.Series.ONSET;
import static io.halfsecond.grafana.Series.RATIO;
import static io.halfsecond.grafana.Series.figure;

import java.util.List;
import java.util.stream.Stream;

/// The tables of open alerts: what moved, from what to what, since when, and what is suspected.
final class AlertTables {
  private static final String SUSPECT =
      " Suspect is the change that explains it best; empty if none was found.";
  private static final String REST =
      " Before and after are medians, and empty for page faults. Since is the estimated change"
          + " point. halfsecond ack takes the id. Tier step is a page once it is confirmed, creep"
          + " and drift are tickets.";

  /// In a cell, where the text for an empty table would be cut off.
  private static final String NOTHING = "–";

  private AlertTables() {}

  /// @param selected labels of the information series
  static Panel ofHosts(String title, String more, String selected) {
    return table(
            title,
            "What moved on which host." + SUSPECT + REST + more,
            "No alert of a host is open.",
            "scope=\"host\"," + selected,
            "id, host, cohort, signal, stratum, direction, tier, suspect")
        .columns(
            columns(
                List.of("id", "Id", "host", "Host"),
                List.of("cohort", "Cohort", "direction", "", "Value #A", "")))
        .of("Host", "links", List.of(Panel.link("Show this host", Links.host("${__value.raw}"))))
        .of("Host", "custom.width", 120)
        .sortBy("Ratio", true);
  }

  /// @param selected labels of the information series
  static Panel ofIncidents(String title, String selected) {
    return table(
            title,
            "Hosts that shifted for one reason, and cohorts that shifted as a whole: each line is"
                + " one page or ticket."
                + SUSPECT
                + REST
                + " Hosts are those that have not recovered. The cohort's name selects it.",
            "No incident is open.",
            "scope!=\"host\"," + selected,
            "id, scope, cohort, signal, stratum, direction, tier, suspect")
        .column(figure(MEMBERS, "scope!=\"host\"," + selected))
        .columns(
            columns(
                List.of("id", "Id", "cohort", "Cohort", "Value #G", "Hosts"),
                List.of("scope", "", "direction", "", "Value #A", "")))
        .of("Hosts", "unit", "none", "decimals", 0, "custom.width", 70)
        .of(
            "Cohort",
            "links",
            List.of(Panel.link("Show this cohort", Links.cohort("${__value.raw}"))))
        .sortBy("Hosts", true);
  }

  /// Those of every table of alerts, between others.
  private static String[] columns(List<String> before, List<String> after) {
    var figures =
        List.of(
            "signal",
            "Signal",
            "stratum",
            "Stratum",
            "Value #B",
            "Before",
            "Value #C",
            "After",
            "Value #D",
            "Ratio",
            "suspect",
            "Suspect",
            "Value #E",
            "Since",
            "tier",
            "Tier",
            "Value #F",
            "Confirmed");
    return Stream.of(before, figures, after).flatMap(List::stream).toArray(String[]::new);
  }

  private static Panel table(
      String title, String description, String empty, String selected, String labels) {
    return Panel.table(title, description)
        .ifEmpty(empty)
        .column("max by (%s) (%s{%s})".formatted(labels, ALERT, selected))
        .column(figure(BEFORE, selected))
        .column(figure(AFTER, selected))
        .column(figure(RATIO, selected))
        // Grafana's times are in milliseconds.
        .column(figure(ONSET, selected, " * 1000"))
        .column(figure(CONFIRMED, selected))
        .of("Id", "custom.width", 85)
        .of(
            "Ratio",
            "unit",
            "none",
            "decimals",
            2,
            "noValue",
            NOTHING,
            "custom.width",
            70,
            "thresholds",
            Panel.thresholds("green", 1.1, "yellow", 2, "red"),
            "custom.cellOptions",
            Json.object("type", "color-text"),
            "color",
            Json.object("mode", "thresholds"))
        .of("Before", "unit", "s", "noValue", NOTHING, "custom.width", 75)
        .of("After", "unit", "s", "noValue", NOTHING, "custom.width", 75)
        .of("Tier", "custom.width", 65)
        .of("Suspect", "noValue", NOTHING, "custom.minWidth", 280)
        .of("Signal", "custom.width", 110)
        .of("Stratum", "custom.width", 105)
        .of("Cohort", "noValue", NOTHING, "custom.width", 165)
        .of("Since", "unit", "dateTimeAsIso", "custom.width", 165)
        .of("Confirmed", "unit", "bool_yes_no", "custom.width", 95);
  }
}
