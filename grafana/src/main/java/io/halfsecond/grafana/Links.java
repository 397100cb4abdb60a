package io.halfsecond.grafana;

import static io.halfsecond.grafana.Json.object;

import java.util.List;
import java.util.Map;

/// Where the dashboards lead to.
final class Links {
  static final String FLEET = "halfsecond-fleet";
  static final String HOST = "halfsecond-host";
  static final String PIPELINE = "halfsecond-pipeline";

  private static final String KEEP = "?${__url_time_range}&var-datasource=${datasource:raw}";

  private Links() {}

  /// @param host a variable of Grafana that holds its name
  static String host(String host) {
    return "/d/%s%s&var-host=%s".formatted(HOST, KEEP, host);
  }

  /// @param cohort a variable of Grafana that holds its name
  static String cohort(String cohort) {
    return "/d/%s%s&var-cohort=%s".formatted(FLEET, KEEP, cohort);
  }

  /// A link at the top of a dashboard, with the time range and the variables of the same name.
  static Map<String, Object> to(String title, String tooltip, String uid) {
    return link(title, tooltip, "/d/" + uid, true);
  }

  /// One to a host's dashboard, with that host.
  ///
  /// @param host a variable of Grafana that holds its name
  static Map<String, Object> toHost(String title, String tooltip, String host) {
    return link(
        title,
        tooltip,
        "/d/%s?var-datasource=${datasource:raw}&var-host=%s".formatted(HOST, host),
        false);
  }

  private static Map<String, Object> link(
      String title, String tooltip, String url, boolean withVariables) {
    return object(
        "title",
        title,
        "type",
        "link",
        "url",
        url,
        "icon",
        "dashboard",
        "includeVars",
        withVariables,
        "keepTime",
        true,
        "targetBlank",
        false,
        "tooltip",
        tooltip,
        "asDropdown",
        false,
        "tags",
        List.of());
  }
}
