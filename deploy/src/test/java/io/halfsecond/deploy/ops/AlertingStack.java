package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;

/// A real Prometheus and a real Alertmanager with the rules and the routing that are shipped, and
/// someone who is called. Only the times are shorter: seconds in place of minutes.
final class AlertingStack implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  /// A notification about one alert.
  ///
  /// @param receiver of the routing, for example `page`
  record Call(String receiver, String alert, String summary, JsonNode annotations) {}

  private final List<AutoCloseable> started = new ArrayList<>();
  private final int prometheusPort = Daemon.freePort();
  private final int alertmanagerPort = Daemon.freePort();
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  final PrometheusApi prometheus = new PrometheusApi(prometheusPort);
  final PrometheusApi alertmanager = new PrometheusApi(alertmanagerPort);

  private AlertingStack() {}

  /// @param topology what is scraped as the topology
  /// @param interval of scrapes and of evaluations
  static AlertingStack start(Path directory, PrometheusMeterRegistry topology, Duration interval)
      throws IOException {
    var stack = new AlertingStack();
    try {
      stack.begin(directory, topology, interval.toSeconds() + "s");
      return stack;
    } catch (IOException | RuntimeException | AssertionError e) {
      stack.close();
      throw e;
    }
  }

  private void begin(Path directory, PrometheusMeterRegistry topology, String interval)
      throws IOException {
    Tool prometheusTool = Tool.require("prometheus", "prometheus");
    started(prometheus);
    started(alertmanager);
    OpsServer metrics =
        started(OpsServer.start(Endpoint.plain(loopback()), topology, List::of, List::of));
    HttpServer called = HttpServer.create(loopback(), 0);
    called.createContext("/", this::take);
    called.start();
    started.add(() -> called.stop(0));
    var webhook =
        "    webhook_configs: [{url: 'http://127.0.0.1:%d/', send_resolved: false}]\n"
            .formatted(called.getAddress().getPort());

    Path routing =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            replaced(
                Path.of("alertmanager/alertmanager.yml"),
                "group_wait: 30s",
                "group_wait: 2s",
                "group_interval: 5m",
                "group_interval: 10s",
                "  - name: page\n",
                "  - name: page\n" + webhook,
                "  - name: ticket\n",
                "  - name: ticket\n" + webhook));
    started(alertmanager(directory, routing, alertmanagerPort, alertmanager));

    Files.createDirectories(directory.resolve("rules"));
    Files.writeString(directory.resolve("rules/halfsecond.yml"), rules());
    Path scraping =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            replaced(
                Path.of("prometheus/prometheus.yml"),
                "scrape_interval: 15s",
                "scrape_interval: " + interval,
                "evaluation_interval: 15s",
                "evaluation_interval: " + interval,
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

  /// An Alertmanager alone. What it knows is in the directory, also for the next one.
  ///
  /// @param api at the port
  /// @param options further ones
  /// @return it is ready
  static Daemon alertmanager(
      Path directory, Path configuration, int port, PrometheusApi api, String... options) {
    var arguments =
        new ArrayList<>(
            List.of(
                "--config.file=" + configuration.toAbsolutePath(),
                "--storage.path=" + directory.resolve("alertmanager"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address="));
    arguments.addAll(List.of(options));
    var daemon =
        Daemon.start(
            directory.resolve("alertmanager.log"),
            Tool.require("prometheus-alertmanager", "prometheus-alertmanager"),
            arguments);
    ready(daemon, api);
    return daemon;
  }

  /// The rules with settings of their own, as a user makes them.
  private static String rules() {
    var rendered =
        new Tool(Path.of("prometheus/render").toAbsolutePath())
            .run(
                Path.of("."),
                Map.of(),
                "runbooks=https://wiki.example/halfsecond#",
                "dashboards=https://grafana.example",
                "silentFor=4s",
                "silentHostsFor=2s",
                "silentHostsKeep=5s",
                "incidentWait=5s",
                "alertKeep=2s",
                "loadFor=3s",
                "topologyDownFor=20s",
                "hiddenFor=2s");
    assertThat(rendered.status()).as(rendered.output()).isZero();
    return rendered.output();
  }

  /// All notifications so far.
  List<Call> calls() {
    return List.copyOf(calls);
  }

  List<String> summaries(String receiver) {
    return calls().stream()
        .filter(call -> call.receiver().equals(receiver))
        .map(Call::summary)
        .toList();
  }

  /// How long the last evaluation of each group of rules took.
  Map<String, Duration> evaluations() {
    var times = new TreeMap<String, Duration>();
    prometheus
        .read("/api/v1/rules")
        .path("data")
        .path("groups")
        .forEach(
            group ->
                times.put(
                    group.path("name").asText(),
                    Duration.ofNanos((long) (group.path("evaluationTime").asDouble() * 1e9))));
    return times;
  }

  void awaitFiring(String alert, int count) {
    Awaitility.await(alert)
        .atMost(PATIENCE)
        .until(
            () ->
                prometheus
                        .query("ALERTS{alertstate='firing',alertname='%s'}".formatted(alert))
                        .size()
                    == count);
  }

  void awaitCall(String summary) {
    Awaitility.await(summary)
        .atMost(PATIENCE)
        .until(() -> calls.stream().anyMatch(call -> call.summary().equals(summary)));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        var body = exchange.getRequestBody()) {
      JsonNode notification = JSON.readTree(body);
      var receiver = notification.path("receiver").asText();
      notification
          .path("alerts")
          .forEach(
              alert ->
                  calls.add(
                      new Call(
                          receiver,
                          alert.path("labels").path("alertname").asText(),
                          alert.path("annotations").path("summary").asText(),
                          alert.path("annotations"))));
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
  static String replaced(Path file, String... pairs) throws IOException {
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

  @Override
  public void close() {
    for (AutoCloseable each : started.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
