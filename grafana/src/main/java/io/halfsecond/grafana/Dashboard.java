package io.halfsecond.grafana;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A dashboard as this jar ships it, opened: its panels and everything in it that asks Prometheus.
/// For whoever must know which metrics the dashboards need, the tests that hold them against a
/// running pipeline first of all.
///
/// @param file name of the file, for messages
/// @param json the whole dashboard model (Grafana's "Dashboard JSON model", schema version 41)
public record Dashboard(String file, JsonNode json) {
  private static final ObjectMapper STRICT =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)(?::\\w+)?}?");
  private static final Pattern OF_VARIABLE =
      Pattern.compile("label_values\\((?<series>.+), *\\w+\\)|query_result\\((?<query>.+)\\)");

  public static Dashboard fleet() {
    return load("fleet.json");
  }

  public static Dashboard host() {
    return load("host.json");
  }

  public static Dashboard pipeline() {
    return load("pipeline.json");
  }

  public static List<Dashboard> all() {
    return List.of(fleet(), host(), pipeline());
  }

  private static Dashboard load(String file) {
    String path = "/io/halfsecond/grafana/dashboards/" + file;
    try (InputStream in = Dashboard.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not on the class path");
      }
      return new Dashboard(file, STRICT.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  public String uid() {
    return json.path("uid").asText();
  }

  /// The panels that show something: all but the headings between them.
  public List<JsonNode> panels() {
    return json.path("panels")
        .valueStream()
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  public List<String> variables() {
    return json.path("templating")
        .path("list")
        .valueStream()
        .map(v -> v.path("name").asText())
        .toList();
  }

  /// The queries of panels, annotations and variables.
  public List<Query> queries() {
    return Stream.of(panelQueries(), annotationQueries(), variableQueries())
        .flatMap(List::stream)
        .toList();
  }

  private List<Query> panelQueries() {
    var queries = new ArrayList<Query>();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            query(
                panel.path("title").asText() + " " + target.path("refId").asText(),
                target.path("expr").asText()));
      }
    }
    return queries;
  }

  private List<Query> annotationQueries() {
    return json.path("annotations")
        .path("list")
        .valueStream()
        .filter(annotation -> annotation.has("expr"))
        .map(
            annotation ->
                query(
                    "annotation " + annotation.path("name").asText(),
                    annotation.path("expr").asText()))
        .toList();
  }

  private List<Query> variableQueries() {
    return json.path("templating")
        .path("list")
        .valueStream()
        .filter(variable -> variable.path("type").asText().equals("query"))
        .map(
            variable ->
                query(
                    "variable " + variable.path("name").asText(),
                    seriesOf(variable.path("definition").asText())))
        .toList();
  }

  private static String seriesOf(String definition) {
    Matcher known = OF_VARIABLE.matcher(definition);
    if (!known.matches()) {
      throw new IllegalStateException("neither label_values nor query_result: " + definition);
    }
    return known.group("series") == null ? known.group("query") : known.group("series");
  }

  private Query query(String where, String template) {
    return new Query(file + ", " + where, template);
  }

  /// One PromQL expression with Grafana's variables still in it.
  public record Query(String where, String template) {

    /// Names of the variables in it, Grafana's own (`__range` and the like) included.
    public List<String> variables() {
      return VARIABLE.matcher(template).results().map(match -> match.group(1)).distinct().toList();
    }

    /// The expression as Grafana would send it.
    ///
    /// @throws IllegalArgumentException if a variable has no value
    public String promql(Map<String, String> values) {
      return VARIABLE
          .matcher(template)
          .replaceAll(
              match -> {
                String value = values.get(match.group(1));
                if (value == null) {
                  throw new IllegalArgumentException(
                      "%s: no value for $%s".formatted(where, match.group(1)));
                }
                return Matcher.quoteReplacement(value);
              });
    }

    @Override
    public String toString() {
      return where + ": " + template;
    }
  }
}
