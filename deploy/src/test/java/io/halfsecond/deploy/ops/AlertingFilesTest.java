package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertingFilesTest {
  private static final Path RULES = Path.of("prometheus/rules/halfsecond.yml");
  private static final Path RUNBOOKS = Path.of("../docs/runbooks.md");
  private static final String WIKI = "https://wiki.example/halfsecond#";
  private static final String GRAFANA = "https://grafana.example";
  private static final Tool RENDER = new Tool(Path.of("prometheus/render").toAbsolutePath());

  /// With both links.
  static Stream<JsonNode> alerts() {
    return alerts(rendered("runbooks=" + WIKI, "dashboards=" + GRAFANA));
  }

  private static String rendered(String... settings) {
    var rendered = RENDER.run(Path.of("."), Map.of(), settings);
    assertThat(rendered.status()).as(rendered.output()).isZero();
    return rendered.output();
  }

  private static Stream<JsonNode> alerts(String rules) {
    return Yaml.parse(rules)
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .filter(rule -> rule.has("alert"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void should_tell_whoever_is_called_what_it_is_and_where_to_read_on(JsonNode alert)
      throws IOException {
    var name = alert.path("alert").asText();
    var annotations = alert.path("annotations");
    assertThat(name).startsWith("Halfsecond");
    assertThat(alert.path("labels").path("severity").asText()).isIn("page", "ticket", "info");
    for (String annotation : new String[] {"summary", "description"}) {
      assertThat(annotations.path(annotation).asText()).as(annotation).hasSizeGreaterThan(20);
    }
    assertThat(annotations.path("dashboard_url").asText())
        .startsWith(GRAFANA + "/d/halfsecond-")
        .matches(".*-(fleet|pipeline|host\\?var-host=\\{\\{ \\$labels\\.host }})");
    assertThat(annotations.path("runbook_url").asText())
        .isEqualTo(WIKI + name.toLowerCase(Locale.ROOT));
    assertThat(Files.readAllLines(RUNBOOKS)).contains("### " + name);
  }

  @Test
  void should_have_a_runbook_of_each_alert_and_of_nothing_else() throws IOException {
    assertThat(Files.readAllLines(RUNBOOKS))
        .filteredOn(line -> line.startsWith("### "))
        .extracting(line -> line.substring(4))
        .containsExactlyInAnyOrderElementsOf(names());
  }

  /// Whether it is silent where nothing is wrong is one scenario for all of them.
  @Test
  void should_have_a_scenario_in_which_each_alert_fires() throws IOException {
    var text = Files.readString(Path.of("prometheus/tests/halfsecond.test.yml"));
    var firing =
        Stream.of(
                Pattern.compile("labels: '\\w*\\{.*?alertname=\"(\\w+)\"").matcher(text),
                Pattern.compile(
                        "count\\(ALERTS\\{alertname=\"(\\w+)\",alertstate=\"firing\"\\}\\)\\s+eval_time:"
                            + " \\w+\\s+exp_samples: \\[\\{ value")
                    .matcher(text),
                Pattern.compile("alertname: (\\w+)\\s+exp_alerts:\\s+- exp_labels").matcher(text))
            .flatMap(matcher -> matcher.results().map(match -> match.group(1)))
            .collect(Collectors.toSet());

    assertThat(firing).containsAll(names());
  }

  @Test
  void should_be_what_the_template_gives_with_its_settings() throws IOException {
    assertThat(rendered())
        .as("prometheus/render > prometheus/rules/halfsecond.yml writes it")
        .isEqualTo(Files.readString(RULES));
  }

  @Test
  void should_have_no_link_that_is_not_set() {
    assertThat(alerts(rendered()))
        .isNotEmpty()
        .noneMatch(alert -> alert.path("annotations").has("runbook_url"))
        .noneMatch(alert -> alert.path("annotations").has("dashboard_url"));
    assertThat(alerts(rendered("dashboards=" + GRAFANA)))
        .noneMatch(alert -> alert.path("annotations").has("runbook_url"))
        .allMatch(alert -> alert.path("annotations").has("dashboard_url"));
  }

  @Test
  void should_refuse_a_setting_that_it_does_not_know_and_keep_what_a_shell_might_change() {
    var unknown = RENDER.run(Path.of("."), Map.of(), "silentHost=3");
    var selected = rendered("selector=cluster=\"a&b|c\\\\d\"");

    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.output()).contains("no setting is called \"silentHost\"");
    assertThat(selected)
        .contains("(halfsecond_alert_confirmed{cluster=\"a&b|c\\\\d\"})")
        .contains("`halfsecond_alert_title_info{id=%q,cluster=\"a&b|c\\\\d\"}`");
  }

  @Test
  void should_notify_once_per_host_or_incident_and_once_for_all_hosts() {
    JsonNode route = Yaml.read(Path.of("alertmanager/alertmanager.yml")).path("route");

    assertThat(groups(route)).isEqualTo("host");
    assertThat(route.path("routes")).isNotEmpty();
    for (var child : route.path("routes")) {
      assertThat(groups(child)).isEqualTo("host");
      var severity = child.path("matchers").path(0).asText();
      assertThat(
              child
                  .path("routes")
                  .valueStream()
                  .map(each -> each.path("matchers").path(0).asText() + " " + groups(each)))
          .containsExactlyElementsOf(
              switch (severity) {
                case "severity=\"page\"" -> List.of("scope=\"incident\" id", "host=\"\" alertname");
                case "severity=\"ticket\"" -> List.of("scope=\"incident\" id");
                default -> List.of();
              });
    }
  }

  private static String groups(JsonNode route) {
    return route.path("group_by").valueStream().map(JsonNode::asText).collect(Collectors.joining());
  }

  private static Set<String> names() {
    return alerts().map(alert -> alert.path("alert").asText()).collect(Collectors.toSet());
  }
}
