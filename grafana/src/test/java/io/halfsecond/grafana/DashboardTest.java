package io.halfsecond.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardTest {
  /** Set by Grafana itself: docs "Global variables" and the Prometheus data source's own. */
  private static final Set<String> BUILT_IN =
      Set.of("__rate_interval", "__range", "__interval", "__url_time_range", "__value", "__field");

  private static final Pattern DASHBOARD_LINK = Pattern.compile("/d/([\\w-]+)");

  static Stream<Dashboard> dashboards() {
    return Dashboard.all().stream();
  }

  static Stream<JsonNode> panels() {
    return dashboards().flatMap(dashboard -> dashboard.panels().stream());
  }

  @Test
  void should_keep_their_uids_because_bookmarks_and_alert_links_hold_them() {
    assertThat(Dashboard.all())
        .extracting(Dashboard::uid)
        .containsExactly("halfsecond-fleet", "halfsecond-host", "halfsecond-pipeline");
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void should_number_each_panel_once(Dashboard dashboard) {
    List<Integer> ids =
        dashboard
            .json()
            .path("panels")
            .valueStream()
            .map(panel -> panel.path("id").asInt())
            .toList();

    assertThat(ids).isNotEmpty().doesNotHaveDuplicates().allMatch(id -> id > 0);
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void should_lay_panels_side_by_side_in_a_grid_of_24(Dashboard dashboard) {
    Set<String> taken = new HashSet<>();
    for (JsonNode panel : dashboard.json().path("panels")) {
      assertThat(cells(panel.path("gridPos")))
          .as(panel.path("title").asText())
          .isNotEmpty()
          .allMatch(taken::add, "is free")
          .allMatch(
              cell -> Integer.parseInt(cell.substring(0, cell.indexOf(','))) < 24, "is inside");
    }
  }

  private static List<String> cells(JsonNode position) {
    int x = position.path("x").asInt();
    int y = position.path("y").asInt();
    return IntStream.range(x, x + position.path("w").asInt())
        .boxed()
        .flatMap(
            column ->
                IntStream.range(y, y + position.path("h").asInt())
                    .mapToObj(row -> column + "," + row))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("panels")
  void should_say_what_it_shows_in_which_unit_and_from_where(JsonNode panel) {
    assertThat(panel.path("title").asText()).isNotBlank();
    assertThat(panel.path("description").asText()).hasSizeGreaterThan(30).endsWith(".");
    assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText()).isNotBlank();
    assertThat(panel.path("fieldConfig").path("defaults").path("thresholds").path("steps"))
        .isNotEmpty();
    assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
    assertThat(panel.path("targets")).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("panels")
  void should_ask_the_chosen_data_source_and_nothing_else(JsonNode panel) {
    var references = new ArrayList<String>();
    for (JsonNode target : panel.path("targets")) {
      assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
      assertThat(target.path("expr").asText()).isNotBlank();
      references.add(target.path("refId").asText());
    }
    assertThat(references).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void should_declare_every_variable_it_uses_and_use_every_one_it_declares(Dashboard dashboard) {
    Set<String> used =
        Pattern.compile("\\$\\{?(\\w+?)(?:[.:]\\w+)*}?(?=\\W|$)")
            .matcher(dashboard.json().toString())
            .results()
            .map(match -> match.group(1))
            .filter(name -> !name.startsWith("__"))
            .collect(Collectors.toSet());

    assertThat(used).containsExactlyInAnyOrderElementsOf(dashboard.variables());
    assertThat(dashboard.queries().stream().flatMap(query -> query.variables().stream()))
        .allMatch(name -> dashboard.variables().contains(name) || BUILT_IN.contains(name));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void should_lead_only_to_dashboards_that_exist(Dashboard dashboard) {
    List<String> linked =
        DASHBOARD_LINK
            .matcher(dashboard.json().toString())
            .results()
            .map(match -> match.group(1))
            .distinct()
            .toList();

    assertThat(linked)
        .isNotEmpty()
        .isSubsetOf(Dashboard.all().stream().map(Dashboard::uid).toList());
  }

  /// The metrics that only a host with details has; see the topology's Meters.
  @Test
  void should_say_why_a_panel_is_empty_of_which_not_every_host_has_data() {
    for (JsonNode panel : Dashboard.host().panels()) {
      boolean details =
          panel
              .path("targets")
              .valueStream()
              .map(target -> target.path("expr").asText())
              .allMatch(
                  query ->
                      query.matches(".*halfsecond_(signal_|baseline_|detector_).*")
                          && !query.contains("signal=\"startup\"")
                          && !query.contains("window=\"5m\""));

      assertThat(noValue(panel).startsWith("Not shown: "))
          .as(panel.path("title").asText())
          .isEqualTo(details);
      if (details) {
        assertThat(panel.path("description").asText()).contains("whose details are shown");
      }
    }
  }

  private static String noValue(JsonNode panel) {
    return panel.path("fieldConfig").path("defaults").path("noValue").asText();
  }

  @ParameterizedTest
  @MethodSource("panels")
  void should_say_something_where_there_is_nothing(JsonNode panel) {
    boolean always =
        panel
            .path("targets")
            .valueStream()
            .allMatch(target -> target.path("expr").asText().endsWith(" or vector(0)"));

    assertThat(noValue(panel).isEmpty()).isEqualTo(always);
  }

  /// Of a range query, `topk` gives more lines than that: other ones at each step.
  @ParameterizedTest
  @MethodSource("panels")
  void should_have_ten_of_a_top_ten(JsonNode panel) {
    for (JsonNode target : panel.path("targets")) {
      var query = target.path("expr").asText();
      if (query.contains("topk(")) {
        assertThat(target.path("instant").asBoolean() || query.contains("@ end()"))
            .as(query)
            .isTrue();
      }
    }
  }

  /// Grafana formats a text that reads as a number, such as the id 12e34567, in the unit of its
  /// column.
  @ParameterizedTest
  @MethodSource("panels")
  void should_show_the_text_columns_of_tables_as_texts(JsonNode panel) {
    assertThat(panel.path("type").asText().equals("table")).isEqualTo(unit(panel).equals("string"));
  }

  /// One axis has one unit: seconds, a share, page faults, or a number of something.
  @ParameterizedTest
  @MethodSource("panels")
  void should_show_one_unit_only(JsonNode panel) {
    if (panel.path("type").asText().equals("table")) {
      return; // each column has its own
    }
    var units = new HashSet<String>();
    for (JsonNode target : panel.path("targets")) {
      var query = target.path("expr").asText();
      boolean counted = query.startsWith("count(");
      units.add(
          counted
              ? "count"
              : Stream.of("_seconds", "_ratio", "_faults")
                  .filter(query::contains)
                  .findFirst()
                  .orElse("count"));
    }

    assertThat(units).hasSize(1);
    switch (units.iterator().next()) {
      case "_seconds" -> assertThat(unit(panel)).isEqualTo("s");
      case "_ratio" -> assertThat(unit(panel)).isEqualTo("percentunit");
      default -> assertThat(unit(panel)).isNotIn("s", "percentunit");
    }
  }

  private static String unit(JsonNode panel) {
    return panel.path("fieldConfig").path("defaults").path("unit").asText();
  }

  /// Grafana draws the annotations of a dashboard on every graph of it.
  @Test
  void should_mark_what_changed_and_when_a_shift_began() {
    assertThat(marks(Dashboard.host()))
        .containsExactly(
            "Package or file", "Restart", "Configuration", "Onset of a shift", "Incident");
    assertThat(marks(Dashboard.fleet())).containsExactly("Incident", "Change");
  }

  private static List<String> marks(Dashboard dashboard) {
    return dashboard
        .json()
        .path("annotations")
        .path("list")
        .valueStream()
        .filter(annotation -> annotation.has("expr"))
        .map(annotation -> annotation.path("name").asText())
        .toList();
  }

  @Test
  void should_carry_the_host_from_one_dashboard_to_the_other() {
    var links =
        Pattern.compile("\"url\" *: *\"(/d/halfsecond-host[^\"]*)")
            .matcher(Dashboard.fleet().json().toString())
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(links).hasSizeGreaterThan(3).allMatch(url -> url.contains("&var-host=${"));
  }
}
