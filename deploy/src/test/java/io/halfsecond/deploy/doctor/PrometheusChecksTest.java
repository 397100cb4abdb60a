package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.doctor.Finding.Level;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is wrong with a Prometheus; its answers are shortened ones of 2.42.
class PrometheusChecksTest {
  private static final String JOB = "halfsecond-topology";
  private static final Finding NONE = Finding.fail("none", "no pages", "add it");

  @Test
  void should_say_that_nothing_answers() throws InterruptedException {
    assertThat(new PrometheusChecks(URI.create("http://127.0.0.1:1")).run())
        .containsExactly(
            Finding.fail(
                "Prometheus: http://127.0.0.1:1: connection refused",
                "without it there are no pages and no dashboards",
                "start it, or name it with --prometheus"));
  }

  @Test
  void should_name_a_target_that_is_down_and_why() {
    var up = target("up", "");
    var down = target("down", "connection refused");

    assertThat(PrometheusChecks.scraped(List.of(up, down), JOB, NONE).what())
        .isEqualTo(
            "Prometheus: 1 of 2 targets of job halfsecond-topology are down, such as"
                + " http://127.0.0.1:9156/metrics: connection refused");
    assertThat(PrometheusChecks.scraped(List.of(up), JOB, NONE).level()).isEqualTo(Level.OK);
    assertThat(PrometheusChecks.scraped(List.of(up), "halfsecond-collector", NONE)).isEqualTo(NONE);
  }

  @Test
  void should_miss_rules_and_name_one_that_fails() {
    assertThat(PrometheusChecks.rules(json("{'groups': []}")).level()).isEqualTo(Level.FAIL);
    assertThat(PrometheusChecks.rules(rule("Other", "ok")).level()).isEqualTo(Level.FAIL);
    assertThat(PrometheusChecks.rules(rule("HalfsecondShift", "ok")).level()).isEqualTo(Level.OK);
    assertThat(PrometheusChecks.rules(rule("HalfsecondShift", "err")).what())
        .isEqualTo("Prometheus: rule HalfsecondShift fails: many-to-many");
  }

  @Test
  void should_warn_when_nobody_is_paged() {
    assertThat(PrometheusChecks.alertmanagers(json("{'activeAlertmanagers': []}")).level())
        .isEqualTo(Level.WARN);
    assertThat(
            PrometheusChecks.alertmanagers(json("{'activeAlertmanagers': [{'url': 'x'}]}")).level())
        .isEqualTo(Level.OK);
  }

  private static JsonNode target(String health, String error) {
    return json(
        "{'labels': {'job': '%s'}, 'scrapeUrl': 'http://127.0.0.1:9156/metrics', 'health': '%s', 'lastError': '%s'}"
            .formatted(JOB, health, error));
  }

  private static JsonNode rule(String name, String health) {
    return json(
        "{'groups': [{'rules': [{'name': '%s', 'health': '%s', 'lastError': 'many-to-many'}]}]}"
            .formatted(name, health));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
