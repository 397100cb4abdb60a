package io.halfsecond.grafana;

import static io.halfsecond.grafana.Json.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A dashboard that is being written: variables, annotations, links, and panels from the top down.
final class Page {
  private static final int WIDTH = 24;

  private final String uid;
  private final String title;
  private final String description;
  private final String from;
  private final List<Object> variables = new ArrayList<>();
  private final List<Object> annotations = new ArrayList<>();
  private final List<Object> links = new ArrayList<>();
  private final List<Object> panels = new ArrayList<>();
  private int y;

  Page(String uid, String title, String description, String from) {
    this.uid = uid;
    this.title = title;
    this.description = description;
    this.from = from;
    variables.add(
        object(
            "name",
            "datasource",
            "label",
            "Data source",
            "type",
            "datasource",
            "query",
            "prometheus",
            "refresh",
            1,
            "hide",
            0,
            "includeAll",
            false,
            "multi",
            false,
            "regex",
            "",
            "options",
            List.of(),
            "current",
            object()));
    annotations.add(
        object(
            "name",
            "Annotations & Alerts",
            "builtIn",
            1,
            "type",
            "dashboard",
            "enable",
            true,
            "hide",
            true,
            "iconColor",
            "rgba(0, 211, 255, 1)",
            "datasource",
            object("type", "grafana", "uid", "-- Grafana --")));
  }

  /// One value of a list.
  Page choice(String name, String label, String query) {
    variables.add(variable(name, label, query, ""));
    return this;
  }

  /// Any number of values of a list.
  ///
  /// @param all a regular expression that stands for all of them
  Page choices(String name, String label, String query, String all) {
    var variable = variable(name, label, query, "");
    variable.put("multi", true);
    variable.put("includeAll", true);
    variable.put("current", object("text", List.of("All"), "value", List.of("$__all")));
    variable.put("allValue", all);
    variables.add(variable);
    return this;
  }

  /// A value for links, which is not shown.
  ///
  /// @param regex with a group that is the value
  Page hidden(String name, String promql, String regex) {
    var variable = variable(name, name, "query_result(%s)".formatted(promql), regex);
    variable.put("hide", 2);
    variables.add(variable);
    return this;
  }

  private static Map<String, Object> variable(
      String name, String label, String query, String regex) {
    return object(
        "name",
        name,
        "label",
        label,
        "type",
        "query",
        "datasource",
        Panel.DATA_SOURCE,
        "definition",
        query,
        "query",
        object("query", query, "refId", name, "qryType", regex.isEmpty() ? 1 : 3),
        "refresh",
        2,
        "sort",
        regex.isEmpty() ? 5 : 0,
        "hide",
        0,
        "regex",
        regex,
        "multi",
        false,
        "includeAll",
        false,
        "current",
        object());
  }

  /// Marks on all graphs, at the times that are the values of a series.
  ///
  /// @param promql of times in seconds since the epoch
  Page marks(String name, String color, String promql, String title, String text) {
    annotations.add(
        object(
            "name",
            name,
            "enable",
            true,
            "hide",
            false,
            "iconColor",
            color,
            "datasource",
            Panel.DATA_SOURCE,
            "expr",
            promql + " * 1000",
            "useValueForTime",
            true,
            "step",
            "60s",
            "titleFormat",
            title,
            "textFormat",
            text,
            "tagKeys",
            ""));
    return this;
  }

  Page link(Map<String, Object> link) {
    links.add(link);
    return this;
  }

  /// A heading.
  Page heading(String text) {
    panels.add(
        object(
            "id",
            panels.size() + 1,
            "type",
            "row",
            "title",
            text,
            "collapsed",
            false,
            "panels",
            List.of(),
            "gridPos",
            position(0, WIDTH, 1)));
    y++;
    return this;
  }

  /// Panels of the same width beside each other.
  Page row(int height, Panel... beside) {
    for (int i = 0; i < beside.length; i++) {
      int left = WIDTH * i / beside.length;
      int right = WIDTH * (i + 1) / beside.length;
      panels.add(beside[i].json(panels.size() + 1, position(left, right - left, height)));
    }
    y += height;
    return this;
  }

  private Map<String, Object> position(int x, int width, int height) {
    return object("x", x, "y", y, "w", width, "h", height);
  }

  Map<String, Object> json() {
    return object(
        "uid",
        uid,
        "title",
        title,
        "description",
        description,
        "tags",
        List.of("halfsecond", "sshd"),
        "schemaVersion",
        41,
        "version",
        1,
        "editable",
        true,
        "graphTooltip",
        1,
        "fiscalYearStartMonth",
        0,
        "liveNow",
        false,
        "refresh",
        "30s",
        "timezone",
        "utc",
        "time",
        object("from", from, "to", "now"),
        "timepicker",
        object(),
        "weekStart",
        "",
        "annotations",
        object("list", annotations),
        "templating",
        object("list", variables),
        "links",
        links,
        "panels",
        panels);
  }
}
