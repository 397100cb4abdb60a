package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is called, and how often: the topology's metrics, as a real Prometheus scrapes them, through
/// the rules and the routing that are shipped, to a pager that counts.
class IncidentPagesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String COHORT = "debian-12-x86_64";
  private static final int HOSTS = 12;

  private final List<AutoCloseable> started = new ArrayList<>();
  private final int prometheusPort = Daemon.freePort();
  private final int alertmanagerPort = Daemon.freePort();
  private final PrometheusApi prometheus = new PrometheusApi(prometheusPort);
  private final PrometheusApi alertmanager = new PrometheusApi(alertmanagerPort);
  private final PrometheusMeterRegistry topology =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final BlockingQueue<JsonNode> pages = new LinkedBlockingQueue<>();

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    Tool prometheusTool = Tool.require("prometheus", "prometheus");
    Tool alertmanagerTool = Tool.require("prometheus-alertmanager", "prometheus-alertmanager");
    started(prometheus);
    started(alertmanager);
    OpsServer metrics =
        started(OpsServer.start(Endpoint.plain(loopback()), topology, List::of, List::of));
    HttpServer pager = HttpServer.create(loopback(), 0);
    pager.createContext("/", this::take);
    pager.start();
    started.add(() -> pager.stop(0));

    Path routing =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            replaced(
                Path.of("alertmanager/alertmanager.yml"),
                "group_wait: 30s",
                "group_wait: 1s",
                "group_interval: 5m",
                "group_interval: 1s",
                "  - name: page\n",
                "  - name: page\n    webhook_configs: [{url: 'http://127.0.0.1:%d/'}]\n"
                    .formatted(pager.getAddress().getPort())));
    ready(
        started(
            Daemon.start(
                directory.resolve("alertmanager.log"),
                alertmanagerTool,
                List.of(
                    "--config.file=" + routing,
                    "--storage.path=" + directory.resolve("alertmanager"),
                    "--web.listen-address=127.0.0.1:" + alertmanagerPort,
                    "--cluster.listen-address="))),
        alertmanager);

    Files.createDirectories(directory.resolve("rules"));
    Files.copy(
        Path.of("prometheus/rules/halfsecond.yml"), directory.resolve("rules/halfsecond.yml"));
    Path scraping =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            replaced(
                Path.of("prometheus/prometheus.yml"),
                "scrape_interval: 15s",
                "scrape_interval: 1s",
                "evaluation_interval: 15s",
                "evaluation_interval: 1s",
                "127.0.0.1:9156",
                "127.0.0.1:" + metrics.address().getPort(),
                "127.0.0.1:9090",
                "127.0.0.1:" + prometheusPort,
                "127.0.0.1:9093",
                "127.0.0.1:" + alertmanagerPort));
    ready(
        started(
            Daemon.start(
                directory.resolve("prometheus.log"),
                prometheusTool,
                List.of(
                    "--config.file=" + scraping,
                    "--storage.tsdb.path=" + directory.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + prometheusPort,
                    "--rules.alert.resend-delay=1s"))),
        prometheus);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_page_once_for_twelve_hosts_with_one_change_and_once_for_a_host_without_it()
      throws Exception {
    // given
    incident("object");
    IntStream.range(0, HOSTS).forEach(i -> host("web-%02d".formatted(i), "object"));
    awaitFiring("HalfsecondSshdInIncident", HOSTS);

    // when: last, so that whatever the others may have led to has been called for before it
    host("web-99", "none");

    // then
    assertThat(summaries())
        .hasSize(2)
        .containsOnlyOnce(
            "12 hosts of debian-12-x86_64: sshd startup shifted up, 63.90 times what it was, with"
                + " the same change (object)",
            "sshd on web-99: startup shifted up by 503ms, 63.90 times what it was; no change was"
                + " found there");
  }

  @Test
  void
      should_page_once_for_a_cohort_that_moves_without_a_change_and_once_for_a_host_that_moves_otherwise()
          throws Exception {
    // given
    incident("cohort");
    IntStream.range(0, HOSTS)
        .forEach(i -> host("web-%02d".formatted(i), i % 2 == 0 ? "none" : "load"));
    awaitFiring("HalfsecondSshdShifted", HOSTS);
    Awaitility.await("kept back")
        .atMost(PATIENCE)
        .until(
            () ->
                alertmanager
                        .read("/api/v2/alerts")
                        .valueStream()
                        .filter(alert -> !alert.path("status").path("inhibitedBy").isEmpty())
                        .count()
                    == HOSTS);

    // when
    host("web-99", "none", "down");

    // then
    assertThat(summaries())
        .hasSize(2)
        .containsOnlyOnce(
            "12 hosts of debian-12-x86_64: sshd startup shifted up, 63.90 times what it was, on the"
                + " whole cohort",
            "sshd on web-99: startup shifted down by 503ms, 63.90 times what it was; no change was"
                + " found there");
  }

  /// Of all notifications until the one of web-99 has come, one for each alert in it.
  private List<String> summaries() throws InterruptedException {
    var summaries = new ArrayList<String>();
    while (summaries.stream().noneMatch(summary -> summary.contains("web-99"))) {
      JsonNode page = pages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(page).as("a page for web-99; so far " + summaries).isNotNull();
      page.path("alerts")
          .forEach(alert -> summaries.add(alert.path("annotations").path("summary").asText()));
    }
    return summaries;
  }

  private void awaitFiring(String alert, int count) {
    Awaitility.await(alert)
        .atMost(PATIENCE)
        .until(
            () ->
                prometheus
                        .query(
                            "ALERTS{alertstate='firing',alertname='%s',cohort='%s'}"
                                .formatted(alert, COHORT))
                        .size()
                    == count);
  }

  private void host(String name, String cause) {
    host(name, cause, "up");
  }

  private void host(String name, String cause, String direction) {
    Tags labels = labels(cause, direction).and("host", name);
    gauge("halfsecond.alerts.open", 1, labels);
    gauge("halfsecond.alert.confirmed", 1, labels);
    gauge("halfsecond.alert.ratio", 63.9, labels);
    gauge("halfsecond.alert.shift.seconds", 0.503, labels);
  }

  private void incident(String cause) {
    Tags labels = labels(cause, "up").and("incident", "3f9c01d2");
    gauge("halfsecond.incidents.open", 1, labels);
    gauge("halfsecond.incident.confirmed", 1, labels);
    gauge("halfsecond.incident.members", HOSTS, labels);
    gauge("halfsecond.incident.ratio", 63.9, labels);
    gauge("halfsecond.incident.shift.seconds", 0.503, labels);
  }

  private static Tags labels(String cause, String direction) {
    return Tags.of(
        "cohort",
        COHORT,
        "signal",
        "startup",
        "stratum",
        "all",
        "phase",
        "startup",
        "direction",
        direction,
        "tier",
        "step",
        "cause",
        cause);
  }

  private void gauge(String name, double value, Tags labels) {
    Gauge.builder(name, () -> value).tags(labels).register(topology);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        var body = exchange.getRequestBody()) {
      pages.add(JSON.readTree(body));
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  private static void ready(Daemon daemon, PrometheusApi api) {
    Awaitility.await().atMost(PATIENCE).until(() -> !daemon.alive() || api.ready());
    assertThat(daemon.alive()).as(daemon.said()).isTrue();
  }

  /// A shipped file with pairs of texts exchanged; each first one must be there.
  private static String replaced(Path file, String... pairs) throws IOException {
    String text = Files.readString(file);
    for (int i = 0; i < pairs.length; i += 2) {
      assertThat(text).contains(pairs[i]);
      text = text.replace(pairs[i], pairs[i + 1]);
    }
    return text;
  }

  private <T extends AutoCloseable> T started(T what) {
    started.add(what);
    return what;
  }
}
