package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a real Alertmanager keeps back by the configuration that is shipped.
class InhibitionIT {
  private static final Path CONFIGURATION = Path.of("alertmanager/alertmanager.yml");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<AutoCloseable> started = new ArrayList<>();
  private final int port = Daemon.freePort();
  private final PrometheusApi api = new PrometheusApi(port);

  @BeforeEach
  void start(@TempDir Path directory) {
    started.add(api);
    started.add(AlertingStack.alertmanager(directory, CONFIGURATION, port, api));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_keep_back_what_hosts_without_a_change_say_when_their_cohort_moves_as_a_whole() {
    fire(
        List.of(
            incident("HalfsecondIncident", "cohort", "startup"),
            of("HalfsecondCohortInIncident", "", "debian-12-x86_64", "cpu-startup"),
            of("HalfsecondSshdShifted", "web-17", "debian-12-x86_64", "startup"),
            of("HalfsecondSshdShifted", "web-17", "debian-12-x86_64", "cpu-startup"),
            of("HalfsecondSshdCrept", "web-18", "debian-12-x86_64", "startup"),
            of("HalfsecondUnconfirmed", "web-19", "debian-12-x86_64", "startup"),
            of("HalfsecondSshdShifted", "web-17", "debian-12-x86_64", "preauth"),
            of("HalfsecondSshdShiftedAlone", "web-22", "debian-12-x86_64", "startup"),
            of("HalfsecondSshdShifted", "web-20", "fedora-41-x86_64", "startup"),
            of("HalfsecondSshdShifted", "web-21", "", "startup")));

    awaitHeard(
        "HalfsecondIncident  startup",
        "HalfsecondCohortInIncident  cpu-startup",
        "HalfsecondSshdShifted web-17 preauth",
        "HalfsecondSshdShiftedAlone web-22 startup",
        "HalfsecondSshdShifted web-20 startup",
        "HalfsecondSshdShifted web-21 startup");
  }

  @Test
  void should_not_keep_back_a_host_for_what_others_changed() {
    fire(
        List.of(
            incident("HalfsecondIncident", "object", "startup"),
            of("HalfsecondSshdShifted", "web-17", "debian-12-x86_64", "startup")));

    awaitHeard("HalfsecondIncident  startup", "HalfsecondSshdShifted web-17 startup");
  }

  @Test
  void should_not_keep_back_a_page_for_a_ticket() {
    fire(
        List.of(
            incident("HalfsecondIncidentCrept", "cohort", "startup"),
            of("HalfsecondSshdShifted", "web-17", "debian-12-x86_64", "startup"),
            of("HalfsecondSshdCrept", "web-18", "debian-12-x86_64", "startup")));

    awaitHeard("HalfsecondIncidentCrept  startup", "HalfsecondSshdShifted web-17 startup");
  }

  @Test
  void should_keep_back_what_follows_from_silence_on_the_same_host_and_nothing_of_others() {
    fire(
        List.of(
            incident("HalfsecondCollectorSilent", "cohort", "silence"),
            incident("HalfsecondTelemetryGaps", "cohort", "numbers"),
            of("HalfsecondCollectorSilent", "web-17", "", "silence"),
            of("HalfsecondCollectorSourceLost", "web-17", "", "silence"),
            of("HalfsecondCollectorSourceLost", "web-18", "", "silence")));

    awaitHeard(
        "HalfsecondCollectorSilent  silence",
        "HalfsecondTelemetryGaps  numbers",
        "HalfsecondCollectorSilent web-17 silence",
        "HalfsecondCollectorSourceLost web-18 silence");
  }

  private static Map<String, String> incident(String name, String cause, String signal) {
    var labels = new HashMap<>(of(name, "", "debian-12-x86_64", signal));
    labels.put("id", "3f9c01d2");
    labels.put("scope", "incident");
    labels.put("cause", cause);
    return labels;
  }

  /// As Prometheus sends it: a label that is empty is none.
  private static Map<String, String> of(String name, String host, String cohort, String signal) {
    var labels =
        new HashMap<>(
            Map.of("alertname", name, "signal", signal, "direction", "up", "tier", "step"));
    Map.of("host", host, "cohort", cohort)
        .forEach(
            (label, value) -> {
              if (!value.isEmpty()) {
                labels.put(label, value);
              }
            });
    return labels;
  }

  private void fire(List<Map<String, String>> alerts) {
    api.post("/api/v2/alerts", alerts.stream().map(labels -> Map.of("labels", labels)).toList());
  }

  private void awaitHeard(String... alerts) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(heard()).containsExactlyInAnyOrder(alerts));
  }

  /// Alerts that somebody is told.
  private List<String> heard() {
    return api.read("/api/v2/alerts")
        .valueStream()
        .filter(alert -> alert.path("status").path("inhibitedBy").isEmpty())
        .map(alert -> alert.path("labels"))
        .map(
            labels ->
                String.join(
                    " ",
                    labels.path("alertname").asText(),
                    labels.path("host").asText(),
                    labels.path("signal").asText()))
        .toList();
  }
}
