package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Prometheus' and Alertmanager's own checks of the files that deploy ships for them.
class PrometheusFilesIT {
  private static final Path PROMETHEUS = Path.of("prometheus").toAbsolutePath();
  private static final Path ALERTMANAGER = Path.of("alertmanager").toAbsolutePath();

  @Test
  void should_be_a_configuration_that_prometheus_takes() {
    var result = promtool("check", "config", "prometheus.yml");

    assertThat(result.output())
        .doesNotContain("WARNING")
        .contains("is valid prometheus config file syntax");
    assertThat(result.status()).isZero();
  }

  @Test
  void should_fire_when_and_only_when_the_rules_tests_say() {
    var result = promtool("test", "rules", "tests/halfsecond.test.yml");

    assertThat(result.status()).as(result.output()).isZero();
  }

  @Test
  void should_be_a_configuration_that_alertmanager_takes() {
    var result = amtool("check-config", "alertmanager.yml");

    assertThat(result.status()).as(result.output()).isZero();
  }

  @Test
  void should_have_rules_that_load_when_a_selector_is_set(@TempDir Path directory)
      throws IOException {
    var rendered =
        new Tool(Path.of("prometheus/render").toAbsolutePath())
            .run(Path.of("."), Map.of(), "selector=cluster=\"a\"");
    var rules = Files.writeString(directory.resolve("rules.yml"), rendered.output());

    var result = promtool("check", "rules", rules.toString());

    assertThat(result.status()).as(result.output()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"page, page", "ticket, ticket", "info, dashboard-only"})
  void should_route_by_severity(String severity, String receiver) {
    var result =
        amtool(
            "config",
            "routes",
            "test",
            "--config.file=alertmanager.yml",
            "host=web-17",
            "severity=" + severity);

    assertThat(result.output().lines().toList()).endsWith(receiver);
    assertThat(result.status()).isZero();
  }

  private static Tool.Result promtool(String... arguments) {
    return Tool.require("promtool", "prometheus").run(PROMETHEUS, Map.of(), arguments);
  }

  private static Tool.Result amtool(String... arguments) {
    return Tool.require("amtool", "prometheus-alertmanager").run(ALERTMANAGER, Map.of(), arguments);
  }
}
