package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The compose file by its text. [ComposeIT] brings it up.
class ComposeFileTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):-([^}]*)}");
  private static final String TEXT = text("compose.yaml");
  private static final JsonNode COMPOSE = Yaml.parse(VARIABLE.matcher(TEXT).replaceAll("$2"));
  private static final Pattern ADDRESS =
      Pattern.compile("(?<![\\w.])(\\d{1,3}(?:\\.\\d{1,3}){3}|localhost):\\d+");

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Map.Entry<String, JsonNode>> services() {
    return COMPOSE.path("services").propertyStream();
  }

  private static Set<String> names(String section) {
    return COMPOSE
        .path(section)
        .propertyStream()
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Test
  void should_be_readable_for_docker_compose_1() {
    assertThat(COMPOSE.propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("x-hardened", "services", "volumes");
  }

  @Test
  void should_name_every_variable_with_its_default_in_the_example() {
    assertThat(
            text(".env.example")
                .lines()
                .filter(line -> line.matches("#\\w+=.*") && !line.contains("COMPOSE_PROJECT_NAME")))
        .containsExactlyInAnyOrderElementsOf(
            VARIABLE
                .matcher(TEXT)
                .results()
                .map(variable -> "#" + variable.group(1) + "=" + variable.group(2))
                .collect(Collectors.toSet()));
  }

  @Test
  void should_hold_everything_but_the_collector() {
    assertThat(names("services"))
        .containsExactlyInAnyOrder(
            "broker", "topics", "topology", "push", "prometheus", "alertmanager", "grafana");
  }

  /// Prometheus has rules for the same alerts.
  @Test
  void should_push_only_if_it_is_asked_to() {
    assertThat(services().filter(service -> service.getValue().has("profiles")))
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.getKey()).isEqualTo("push");
              assertThat(service.getValue().path("profiles").toString()).isEqualTo("[\"push\"]");
            });
  }

  @ParameterizedTest
  @MethodSource("services")
  void should_pin_its_image_and_never_pull_our_own(Map.Entry<String, JsonNode> service) {
    String image = service.getValue().path("image").asText();

    assertThat(image).matches("[\\w./-]+:v?\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(service.getValue().path("pull_policy").asText().equals("never"))
        .isEqualTo(image.startsWith("halfsecond/"));
  }

  @Test
  void should_run_the_version_that_is_built_here() throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    String version =
        pom.substring(pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));

    assertThat(COMPOSE.path("services").path("topology").path("image").asText())
        .isEqualTo("halfsecond/halfsecond:" + version)
        .isEqualTo(COMPOSE.path("services").path("topics").path("image").asText())
        .isEqualTo(COMPOSE.path("services").path("push").path("image").asText());
  }

  @ParameterizedTest
  @MethodSource("services")
  void should_listen_on_the_loopback_address_only(Map.Entry<String, JsonNode> service) {
    String text = service.getValue().toString();

    assertThat(service.getValue().has("ports")).isFalse();
    assertThat(ADDRESS.matcher(text).results().map(match -> match.group(1)))
        .allMatch("127.0.0.1"::equals);
    assertThat(text).doesNotContain("0.0.0.0", "://:");
  }

  /**
   * Those that would listen on every address unless told otherwise. Halfsecond's own default is the
   * loopback address.
   */
  @ParameterizedTest
  @CsvSource({
    "broker, KAFKA_LISTENERS\":\"PLAINTEXT://127.0.0.1:9092",
    "prometheus, --web.listen-address=127.0.0.1:9090",
    "alertmanager, --web.listen-address=127.0.0.1:9093",
    "alertmanager, --cluster.listen-address=\"",
    "grafana, GF_SERVER_HTTP_ADDR\":\"127.0.0.1\""
  })
  void should_be_told_where_to_listen(String service, String setting) {
    assertThat(COMPOSE.path("services").path(service).toString()).contains(setting);
  }

  @ParameterizedTest
  @MethodSource("services")
  void should_mount_only_what_is_there(Map.Entry<String, JsonNode> service) {
    for (JsonNode mount : service.getValue().path("volumes")) {
      List<String> parts = List.of(mount.asText().split(":"));
      if (parts.getFirst().startsWith(".")) {
        assertThat(Path.of(parts.getFirst())).isDirectory();
        assertThat(parts).endsWith("ro");
      } else {
        assertThat(names("volumes")).contains(parts.getFirst());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GF_AUTH_ANONYMOUS_ORG_ROLE, Viewer",
    "GF_AUTH_DISABLE_LOGIN_FORM, true",
    "GF_AUTH_BASIC_ENABLED, false",
    "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION, true"
  })
  void should_let_nobody_change_anything_in_grafana(String setting, String value) {
    assertThat(COMPOSE.path("services").path("grafana").path("environment").path(setting).asText())
        .isEqualTo(value);
  }

  @Test
  void should_hand_grafana_what_its_provisioning_asks_for() {
    JsonNode grafana = COMPOSE.path("services").path("grafana");
    JsonNode source =
        Yaml.read(
            Path.of(
                "../grafana/src/main/resources/io/halfsecond/grafana/provisioning/datasources/prometheus.yaml"));
    JsonNode provider =
        Yaml.read(
            Path.of(
                "../grafana/src/main/resources/io/halfsecond/grafana/provisioning/dashboards/halfsecond.yaml"));

    assertThat(source.path("datasources").path(0).path("url").asText())
        .isEqualTo("${HALFSECOND_PROMETHEUS_URL}");
    assertThat(grafana.path("environment").path("HALFSECOND_PROMETHEUS_URL").asText())
        .isEqualTo("http://127.0.0.1:9090");
    assertThat(
            grafana
                .path("volumes")
                .valueStream()
                .map(JsonNode::asText)
                .map(mount -> List.of(mount.split(":")).get(1)))
        .contains(provider.path("providers").path(0).path("options").path("path").asText());
  }
}
