package io.halfsecond.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prometheus' own parser on every query of the dashboards.
class DashboardQueriesIT {
  private static final Map<String, String> VALUES =
      Map.of("host", "web-17", "cohort", ".*", "__rate_interval", "1m", "__range", "6h");

  @BeforeAll
  static void needs_promtool() {
    boolean present = isOnPath("promtool");
    if (!present && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("promtool is missing (Debian package prometheus)");
    }
    assumeTrue(present, "promtool is missing (Debian package prometheus)");
  }

  private static boolean isOnPath(String program) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  @Test
  void should_parse_every_query(@TempDir Path directory) throws Exception {
    List<Dashboard.Query> queries =
        Dashboard.all().stream().flatMap(d -> d.queries().stream()).toList();
    Path rules = asRules(queries, directory.resolve("queries.rules.json"));

    var promtool =
        new ProcessBuilder("promtool", "check", "rules", rules.toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(promtool.waitFor()).as(output).isZero();
    assertThat(output).contains("SUCCESS: %d rules found".formatted(queries.size()));
  }

  /**
   * Each query as a recording rule: promtool 2.42 parses expressions in rules only. JSON is YAML.
   */
  private static Path asRules(List<Dashboard.Query> queries, Path file) throws IOException {
    var rules = new ArrayList<Map<String, Object>>();
    for (Dashboard.Query query : queries) {
      rules.add(
          Map.of(
              "record",
              "query:n" + rules.size(),
              "expr",
              query.promql(VALUES),
              "labels",
              Map.of("where", query.where())));
    }
    return Files.writeString(
        file,
        new ObjectMapper()
            .writeValueAsString(
                Map.of("groups", List.of(Map.of("name", "dashboards", "rules", rules)))));
  }
}
