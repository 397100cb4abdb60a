package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertingFilesTest {

  static Stream<JsonNode> alerts() {
    return Yaml.read(Path.of("prometheus/rules/halfsecond.yml"))
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .filter(rule -> rule.has("alert"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void should_tell_whoever_is_called_what_it_is_and_what_to_do(JsonNode alert) {
    assertThat(alert.path("alert").asText()).startsWith("Halfsecond");
    assertThat(alert.path("labels").path("severity").asText()).isIn("page", "ticket", "info");
    for (String annotation : new String[] {"summary", "description", "runbook"}) {
      assertThat(alert.path("annotations").path(annotation).asText())
          .as(annotation)
          .hasSizeGreaterThan(20);
    }
    assertThat(alert.path("annotations").path("dashboard").asText())
        .matches("/d/halfsecond-(fleet|host\\?var-host=\\{\\{ \\$labels\\.host }})");
  }

  @Test
  void should_notify_once_per_host_however_many_signals_moved() {
    JsonNode route = Yaml.read(Path.of("alertmanager/alertmanager.yml")).path("route");

    assertThat(route.path("group_by").valueStream().map(JsonNode::asText)).containsExactly("host");
    assertThat(route.path("routes"))
        .isNotEmpty()
        .allSatisfy(
            child ->
                assertThat(child.path("group_by").valueStream().map(JsonNode::asText))
                    .containsExactly("host"));
  }

  @Test
  void should_notify_once_per_incident_however_many_hosts_join_it() {
    var routes =
        Yaml.read(Path.of("alertmanager/alertmanager.yml"))
            .path("route")
            .path("routes")
            .valueStream()
            .filter(route -> route.path("matchers").toString().matches(".*(page|ticket).*"))
            .toList();

    assertThat(routes)
        .hasSize(2)
        .allSatisfy(
            route -> {
              assertThat(route.path("routes")).hasSize(1);
              assertThat(route.path("routes").path(0).path("matchers").path(0).asText())
                  .isEqualTo("alertname=~\"HalfsecondIncident.*\"");
              assertThat(
                      route
                          .path("routes")
                          .path(0)
                          .path("group_by")
                          .valueStream()
                          .map(JsonNode::asText))
                  .containsExactly("incident");
            });
  }
}
