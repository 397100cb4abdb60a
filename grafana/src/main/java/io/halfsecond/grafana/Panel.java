package io.halfsecond.grafana;

import static io.halfsecond.grafana.Json.object;

import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A panel that is being written. Each method adds to it and returns it.
final class Panel {
  static final Map<String, Object> DATA_SOURCE =
      object("type", "prometheus", "uid", "${datasource}");

  private static final Map<String, Object> LEGEND =
      object("displayMode", "list", "placement", "bottom", "showLegend", true, "calcs", List.of());

  private final String type;
  private final String title;
  private final String description;
  private final List<Map<String, Object>> targets = new ArrayList<>();
  private final Map<String, Object> defaults = new LinkedHashMap<>();
  private final Map<String, Object> custom = new LinkedHashMap<>();
  private final List<Object> overrides = new ArrayList<>();
  private final Map<String, Object> options = new LinkedHashMap<>();
  private final List<Object> transformations = new ArrayList<>();

  private Panel(String type, String title, String description) {
    this.type = type;
    this.title = title;
    this.description = description;
    defaults.put("unit", "short");
    steps("green");
    defaults.put("mappings", List.of());
    color("palette-classic");
  }

  /// One figure, or a few.
  static Panel stat(String title, String description) {
    return new Panel("stat", title, description)
        .color("thresholds")
        .defaults("decimals", 0)
        .options(
            "reduceOptions",
            object("calcs", List.of("lastNotNull"), "fields", "", "values", false),
            "colorMode",
            "value",
            "graphMode",
            "none",
            "justifyMode",
            "auto",
            "orientation",
            "auto",
            "textMode",
            "auto",
            "wideLayout",
            true);
  }

  /// Bars, one for each result of an instant query.
  static Panel bars(String title, String description) {
    return new Panel("bargauge", title, description)
        .color("thresholds")
        .options(
            "reduceOptions",
            object("calcs", List.of("lastNotNull"), "fields", "", "values", false),
            "displayMode",
            "basic",
            "orientation",
            "horizontal",
            "valueMode",
            "color",
            "showUnfilled",
            true,
            "minVizHeight",
            16,
            "maxVizHeight",
            28,
            "sizing",
            "auto",
            "namePlacement",
            "left",
            "text",
            object("valueSize", 16));
  }

  static Panel graph(String title, String description) {
    return new Panel("timeseries", title, description)
        .custom("drawStyle", "line")
        .custom("lineInterpolation", "linear")
        .custom("lineWidth", 1)
        .custom("fillOpacity", 0)
        .custom("pointSize", 4)
        .custom("showPoints", "auto")
        .custom("spanNulls", false)
        .custom("axisPlacement", "auto")
        .custom("axisLabel", "")
        .custom("stacking", object("mode", "none", "group", "A"))
        .custom("scaleDistribution", object("type", "linear"))
        .custom("thresholdsStyle", object("mode", "off"))
        .options("legend", LEGEND, "tooltip", object("mode", "multi", "sort", "desc"));
  }

  static Panel table(String title, String description) {
    // Of any other unit, an id such as 12e34567 would be shown as a number.
    return new Panel("table", title, description)
        .unit("string")
        .custom("align", "auto")
        .custom("cellOptions", object("type", "auto"))
        .custom("inspect", false)
        .custom("filterable", true)
        .options("showHeader", true, "cellHeight", "sm");
  }

  static Panel states(String title, String description) {
    return new Panel("state-timeline", title, description)
        .color("thresholds")
        .custom("lineWidth", 0)
        .custom("fillOpacity", 70)
        .custom("spanNulls", false)
        .options(
            "showValue",
            "auto",
            "mergeValues",
            true,
            "rowHeight",
            0.8,
            "alignValue",
            "left",
            "legend",
            object("displayMode", "list", "placement", "bottom", "showLegend", false),
            "tooltip",
            object("mode", "single", "sort", "none"));
  }

  /// A line for each series of the result.
  ///
  /// @param legend with labels as `{{host}}`
  Panel line(String promql, String legend) {
    return target(promql, "instant", false, "range", true, "legendFormat", legend);
  }

  /// A result of the end of the range.
  Panel now(String promql, String legend) {
    return target(promql, "instant", true, "range", false, "legendFormat", legend);
  }

  /// A column for each label and for the value, of the end of the range.
  Panel column(String promql) {
    return target(promql, "instant", true, "range", false, "format", "table");
  }

  private Panel target(String promql, Object... how) {
    var target =
        object(
            "refId",
            String.valueOf((char) ('A' + targets.size())),
            "datasource",
            DATA_SOURCE,
            "expr",
            promql,
            "editorMode",
            "code");
    target.putAll(object(how));
    targets.add(target);
    return this;
  }

  Panel unit(String unit) {
    return defaults("unit", unit);
  }

  /// What the panel says instead of "No data".
  Panel ifEmpty(String text) {
    return defaults("noValue", text);
  }

  /// @param steps the first color, then bounds and the colors from there on, in turn
  Panel steps(String first, Object... steps) {
    return defaults("thresholds", thresholds(first, steps));
  }

  static Map<String, Object> thresholds(String first, Object... steps) {
    var all = new ArrayList<Map<String, Object>>();
    all.add(object("color", first, "value", NullNode.getInstance()));
    for (int i = 0; i < steps.length; i += 2) {
      all.add(object("color", steps[i + 1], "value", steps[i]));
    }
    return object("mode", "absolute", "steps", all);
  }

  /// A share of the limit on a logarithmic axis: nobody can read 0.00000289 %. An alert opens at
  /// the dashed line.
  Panel evidence() {
    return unit("percentunit")
        .defaults("decimals", 1)
        .defaults("min", Evidence.LEAST)
        .steps("green", 0.1, "yellow", 1, "red")
        .custom("thresholdsStyle", object("mode", "dashed"))
        .logarithmic(10);
  }

  Panel logarithmic(int base) {
    return custom("scaleDistribution", object("type", "log", "log", base));
  }

  /// Texts for the values 0, 1 and so on, each with its color.
  Panel states(String... textsAndColors) {
    var texts = new LinkedHashMap<String, Object>();
    for (int i = 0; i < textsAndColors.length; i += 2) {
      texts.put(
          String.valueOf(i / 2),
          object("text", textsAndColors[i], "color", textsAndColors[i + 1], "index", i / 2));
    }
    return defaults("mappings", List.of(object("type", "value", "options", texts)));
  }

  /// The host's dashboard, behind each name of a host.
  Panel linkToHost() {
    return defaults("links", List.of(link("Show this host", Links.host("${__field.labels.host}"))));
  }

  static Map<String, Object> link(String title, String url) {
    return object("title", title, "url", url, "targetBlank", false);
  }

  Panel color(String mode) {
    return defaults("color", object("mode", mode));
  }

  Panel defaults(String name, Object value) {
    defaults.put(name, value);
    return this;
  }

  Panel custom(String name, Object value) {
    custom.put(name, value);
    return this;
  }

  Panel options(Object... namesAndValues) {
    options.putAll(object(namesAndValues));
    return this;
  }

  /// Properties of the series or column with this name.
  Panel of(String name, Object... propertiesAndValues) {
    var properties = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < propertiesAndValues.length; i += 2) {
      properties.add(object("id", propertiesAndValues[i], "value", propertiesAndValues[i + 1]));
    }
    overrides.add(
        object("matcher", object("id", "byName", "options", name), "properties", properties));
    return this;
  }

  /// Joins the results of all queries by the labels that they share, and names their columns.
  ///
  /// @param columnsAndNames in turn, in the order in which they are shown; one without a name is
  ///   not shown
  Panel columns(String... columnsAndNames) {
    var excluded = new LinkedHashMap<String, Object>();
    var indices = new LinkedHashMap<String, Object>();
    var names = new LinkedHashMap<String, Object>();
    excluded.put("Time", true);
    for (int i = 0; i < columnsAndNames.length; i += 2) {
      if (columnsAndNames[i + 1].isEmpty()) {
        excluded.put(columnsAndNames[i], true);
      } else {
        indices.put(columnsAndNames[i], i / 2);
        names.put(columnsAndNames[i], columnsAndNames[i + 1]);
      }
    }
    transformations.add(object("id", "merge", "options", object()));
    transformations.add(
        object(
            "id",
            "organize",
            "options",
            object("excludeByName", excluded, "indexByName", indices, "renameByName", names)));
    return this;
  }

  Panel sortBy(String column, boolean descending) {
    return options("sortBy", List.of(object("displayName", column, "desc", descending)));
  }

  /// @param position in the grid of the dashboard
  Map<String, Object> json(int id, Map<String, Object> position) {
    var fields = new LinkedHashMap<String, Object>(defaults);
    fields.put("custom", custom);
    var json =
        object(
            "id",
            id,
            "type",
            type,
            "title",
            title,
            "description",
            description,
            "datasource",
            DATA_SOURCE,
            "targets",
            targets,
            "fieldConfig",
            object("defaults", fields, "overrides", overrides),
            "options",
            options);
    if (!transformations.isEmpty()) {
      json.put("transformations", transformations);
    }
    json.put("gridPos", position);
    return json;
  }
}
