package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.halfsecond.collector.Collector;
import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.CollectorSettings.SshdSettings;
import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.doctor.Finding;
import io.halfsecond.deploy.doctor.PrometheusChecks;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.PushConfiguration;
import io.halfsecond.deploy.service.PushService;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.grafana.Dashboard;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A Prometheus scrapes the running pipeline, in which one host has an open alert for no reason
/// that shows, two of a cohort have one for the same library, and more hosts are quiet than have
/// details, by the very configuration and rules that are shipped; every dashboard, rule and route
/// must find there what it asks for.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardsOnPrometheusIT {
  private static final String SHIFTED = "web-17";
  private static final String UPGRADED = "app-1";
  private static final String COHORT = "debian-12-x86_64";
  private static final Duration SLOWED = SyntheticHost.USUAL_STARTUP.plusMillis(500);
  private static final Topics TOPICS = Topics.of("dash.", 2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Rates take two scrapes, windows a commit. */
  private static final Duration SETTLING = Duration.ofSeconds(30);

  /** Twenty scrapes, at one a second here. */
  private static final Map<String, String> VALUES =
      Map.of("host", SHIFTED, "cohort", ".*", "__rate_interval", "20s", "__range", "5m");

  /// Labels that say what is measured. A number that mixes several of their values means nothing.
  private static final List<String> MEANINGS = List.of("signal", "window", "quantile", "scope");

  /// More than lead the evidence, so that some have no details by default.
  private static final int QUIET_HOSTS = 130;

  private static final int QUIET_CONNECTIONS = 4;

  /// What a panel says if the details of its host are not shown.
  private static final String NOT_SHOWN = "Not shown: ";

  private static final Pattern METRIC =
      Pattern.compile("\\b(halfsecond_\\w+|\\w+:halfsecond_[\\w:]+)");

  private static final Pattern SELECTOR = Pattern.compile("\\bhalfsecond_\\w+(?:\\{[^}]*})?");

  private final List<AutoCloseable> started = new ArrayList<>();
  private final int prometheusPort = Daemon.freePort();
  private final int alertmanagerPort = Daemon.freePort();
  private final PrometheusApi prometheus = new PrometheusApi(prometheusPort);
  private final PrometheusApi alertmanager = new PrometheusApi(alertmanagerPort);

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Tool prometheusTool = Tool.require("prometheus", "prometheus");
    Tool alertmanagerTool = Tool.require("prometheus-alertmanager", "prometheus-alertmanager");
    started(prometheus);
    started(alertmanager);
    var broker = started(EmbeddedBroker.start(directory.resolve("broker")));
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    var sender = started(new TelemetrySender(broker.bootstrapServers(), TOPICS));
    var shifted = new SyntheticHost(SHIFTED, 17);
    var steady = new SyntheticHost("web-18", 18);
    var upgraded =
        List.of(new SyntheticHost(UPGRADED, COHORT, 1), new SyntheticHost("app-2", COHORT, 2));
    var quiet =
        IntStream.range(0, QUIET_HOSTS)
            .mapToObj(n -> new SyntheticHost("quiet-%03d".formatted(n), 1_000 + n))
            .toList();
    int connections = sendHistory(sender, shifted, steady, upgraded) + sendQuiet(sender, quiet);
    // Not before: it takes the topics in the order of time as far as they were written.
    String topology = startTopology(broker.bootstrapServers(), directory);
    PrometheusMeterRegistry registry =
        closedLater(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    Collector collector = started(collector(broker.bootstrapServers(), directory, registry));
    startAlertmanager(alertmanagerTool, directory, alertmanager, alertmanagerPort);
    startPrometheus(
        prometheusTool,
        directory,
        topology,
        serve(registry).url(),
        startPush(alertmanagerTool, directory, broker.bootstrapServers()));
    Awaitility.await("the history, measured")
        .atMost(PATIENCE)
        .until(
            () ->
                !prometheus
                    .query("halfsecond_measurements_total{signal='startup'} >= " + connections)
                    .isEmpty());
    sender.send(new SyntheticHost("quiet-stopped", 99).goodbye(Instant.now()));
    // The clock of this one is too wrong.
    sender.send(
        new SyntheticHost("wrong-clock", 98).heartbeat(Instant.now().minus(Duration.ofDays(40))));
    // Not before: its heartbeats carry the host's clock to the present, and what is older then
    // counts as missing.
    collector.start();
    goOn(sender, shifted, steady, quiet);
    Awaitility.await("the alert, on Prometheus")
        .atMost(PATIENCE)
        .until(
            () ->
                !prometheus
                    .query(
                        "ALERTS{alertname='HalfsecondSshdShifted',alertstate='firing',host='%s',signal='startup'}"
                            .formatted(SHIFTED))
                    .isEmpty());
    Awaitility.await("the incident, on Prometheus")
        .atMost(PATIENCE)
        .until(
            () ->
                prometheus
                        .query(
                            "ALERTS{alertname='HalfsecondIncident',alertstate='firing',cohort='%s',cause='object'} and on () (halfsecond_alert_members == 2)"
                                .formatted(COHORT))
                        .size()
                    == 1);
  }

  private String startTopology(String bootstrapServers, Path directory) throws IOException {
    var settings =
        new StreamsSettings(
            bootstrapServers,
            TOPICS,
            StreamsSettings.Application.ofOneBroker(
                Files.createDirectories(directory.resolve("streams")), Duration.ofMillis(100)),
            DetectorSettings.defaults(),
            TimeBounds.defaults(),
            Map.of());
    return started(StreamService.start(settings, anyPort())).url();
  }

  private static Endpoint anyPort() {
    return Endpoint.plain(InetSocketAddress.createUnresolved("127.0.0.1", 0));
  }

  /// Its source is a log that is empty: what it reads does not matter here, its own accounts do.
  /// The kernel's events would need privileges and mix this machine's logins in.
  private static Collector collector(
      String bootstrapServers, Path directory, PrometheusMeterRegistry registry)
      throws IOException {
    Path log = Files.writeString(directory.resolve("auth.log"), "");
    return new Collector(
        new CollectorSettings(
            new HostIdentity(SHIFTED, ""),
            SshdSettings.defaults(),
            new SourceSettings(
                Optional.empty(), Optional.of(LogSettings.ofFile(log)), Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            PseudonymSettings.defaults(),
            ExposureSettings.defaults(),
            new EmitterSettings(
                "dash.",
                EmitterSettings.defaults().queueCapacity(),
                Optional.of(SpoolSettings.defaults()),
                Optional.empty()),
            new KafkaSettings(bootstrapServers, Map.of()),
            directory.resolve("collector"),
            Duration.ofSeconds(1)),
        registry);
  }

  private OpsServer serve(PrometheusMeterRegistry registry) throws IOException {
    return started(OpsServer.start(anyPort(), registry, List::of, List::of));
  }

  /// @return how many connections there were
  private static int sendHistory(
      TelemetrySender sender,
      SyntheticHost shifted,
      SyntheticHost steady,
      List<SyntheticHost> upgraded) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant begin = now.minus(Duration.ofHours(4));
    Instant change = now.minus(Duration.ofMinutes(40));
    int connections =
        sender.history(shifted, begin, change, SyntheticHost.USUAL_STARTUP)
            + sender.history(shifted, change, now, SLOWED)
            + sender.history(steady, begin, now, SyntheticHost.USUAL_STARTUP)
            + upgraded.stream()
                .mapToInt(host -> sendUpgrade(sender, host, begin, change, now))
                .sum();
    var twice = shifted.connection(now, SLOWED);
    sender.send(twice);
    sender.send(twice);
    sender.garbage(SHIFTED, "not a record".getBytes(StandardCharsets.UTF_8));
    return connections + 1;
  }

  private static int sendQuiet(TelemetrySender sender, List<SyntheticHost> quiet) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    for (int n = QUIET_CONNECTIONS; n > 0; n--) {
      Instant at = now.minus(Duration.ofMinutes(n));
      quiet.forEach(host -> sender.send(host.connection(at, SyntheticHost.USUAL_STARTUP)));
    }
    sender.flush();
    return QUIET_CONNECTIONS * quiet.size();
  }

  /// A library is replaced and sshd restarted on it, a minute before the first slow connection. Its
  /// configuration changes at the end.
  private static int sendUpgrade(
      TelemetrySender sender, SyntheticHost host, Instant begin, Instant change, Instant now) {
    sender.send(host.fingerprint(begin, begin.minusSeconds(5), begin.minusSeconds(60), "a"));
    int connections = sender.history(host, begin, change, SyntheticHost.USUAL_STARTUP);
    Instant restarted = change.minusSeconds(5);
    sender.send(host.fingerprint(change.minusMillis(1), restarted.minusSeconds(2), restarted, "b"));
    connections += sender.history(host, change, now, SLOWED);
    // Later than the shift, and therefore no suspect.
    sender.send(host.fingerprint(now, now.minusSeconds(60), restarted, "b", "d"));
    return connections;
  }

  /// Logins go on, one a second, so that the windows that end now are not empty however slow this
  /// machine is.
  private void goOn(
      TelemetrySender sender,
      SyntheticHost shifted,
      SyntheticHost steady,
      List<SyntheticHost> quiet) {
    var turn = new AtomicInteger();
    var logins =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("logins").factory());
    started(logins);
    var _ =
        logins.scheduleAtFixedRate(
            () -> {
              Instant now = Instant.now();
              sender.send(shifted.connection(now.minusSeconds(1), SLOWED));
              sender.send(steady.connection(now.minusSeconds(1), SyntheticHost.USUAL_STARTUP));
              sender.send(shifted.probe(now));
              sender.send(steady.probe(now));
              sender.send(steady.heartbeat(now));
              for (int n = 0; n < 5; n++) {
                var next = quiet.get(turn.getAndIncrement() % QUIET_HOSTS);
                sender.send(next.connection(now.minusSeconds(1), SyntheticHost.USUAL_STARTUP));
                sender.send(next.probe(now));
                sender.send(next.heartbeat(now));
              }
            },
            0,
            1,
            TimeUnit.SECONDS);
  }

  /// To an Alertmanager of its own: that of the rules shows what the rules say.
  ///
  /// @return where its metrics are
  private String startPush(Tool tool, Path directory, String bootstrapServers) throws IOException {
    int port = Daemon.freePort();
    startAlertmanager(
        tool,
        Files.createDirectories(directory.resolve("push")),
        started(new PrometheusApi(port)),
        port);
    var configuration =
        Configuration.load(
            Optional.empty(),
            Map.of(),
            Map.of(
                "kafka.bootstrap.servers",
                bootstrapServers,
                "topics.prefix",
                "dash.",
                "push.alertmanager",
                "http://127.0.0.1:" + port));
    return started(PushService.start(configuration, PushConfiguration.of(configuration), anyPort()))
        .url();
  }

  private void startAlertmanager(Tool tool, Path directory, PrometheusApi api, int port)
      throws IOException {
    Path configuration =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            AlertingStack.replaced(
                Path.of("alertmanager/alertmanager.yml"), "group_wait: 30s", "group_wait: 1s"));
    Daemon daemon =
        started(
            Daemon.start(
                directory.resolve("alertmanager.log"),
                tool,
                List.of(
                    "--config.file=" + configuration,
                    "--storage.path=" + directory.resolve("alertmanager"),
                    "--web.listen-address=127.0.0.1:" + port,
                    "--cluster.listen-address=")));
    awaitReady(daemon, api);
  }

  private void startPrometheus(
      Tool tool, Path directory, String topology, String collector, String push)
      throws IOException {
    Path home = Files.createDirectories(directory.resolve("prometheus"));
    Files.createDirectories(home.resolve("rules"));
    Files.createDirectories(home.resolve("targets/push"));
    Files.copy(Path.of("prometheus/rules/halfsecond.yml"), home.resolve("rules/halfsecond.yml"));
    Files.writeString(
        home.resolve("targets/collectors.yml"),
        AlertingStack.replaced(
            Path.of("prometheus/targets/collectors.yml"), "127.0.0.1:9155", address(collector)));
    Files.writeString(
        home.resolve("targets/push/push.yml"), "- targets: [\"%s\"]%n".formatted(address(push)));
    Files.writeString(
        home.resolve("prometheus.yml"),
        AlertingStack.replaced(
            Path.of("prometheus/prometheus.yml"),
            "scrape_interval: 15s",
            "scrape_interval: 1s",
            "evaluation_interval: 15s",
            "evaluation_interval: 1s",
            "127.0.0.1:9156",
            address(topology),
            "127.0.0.1:9090",
            "127.0.0.1:" + prometheusPort,
            "127.0.0.1:9093",
            "127.0.0.1:" + alertmanagerPort));
    Daemon daemon =
        started(
            Daemon.start(
                directory.resolve("prometheus.log"),
                tool,
                List.of(
                    "--config.file=" + home.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + home.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + prometheusPort,
                    "--rules.alert.resend-delay=1s")));
    awaitReady(daemon, prometheus);
  }

  private static String address(String url) {
    return url.substring("http://".length());
  }

  private static void awaitReady(Daemon daemon, PrometheusApi api) {
    Awaitility.await().atMost(PATIENCE).until(() -> !daemon.alive() || api.ready());
    assertThat(daemon.alive()).as(daemon.said()).isTrue();
  }

  private <T extends AutoCloseable> T started(T what) {
    started.add(what);
    return what;
  }

  private PrometheusMeterRegistry closedLater(PrometheusMeterRegistry registry) {
    started.add(registry::close);
    return registry;
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_scrape_topology_collector_and_push_without_an_error() {
    Awaitility.await()
        .atMost(SETTLING)
        .untilAsserted(
            () -> {
              JsonNode targets =
                  prometheus.read("/api/v1/targets").path("data").path("activeTargets");

              assertThat(targets)
                  .hasSize(4)
                  .allSatisfy(
                      target -> {
                        assertThat(target.path("lastError").asText()).isEmpty();
                        assertThat(target.path("health").asText()).isEqualTo("up");
                      });
            });
  }

  @Test
  void should_find_nothing_wrong_when_the_doctor_asks_this_prometheus() {
    var doctor = new PrometheusChecks(URI.create("http://127.0.0.1:" + prometheusPort));

    Awaitility.await()
        .atMost(SETTLING)
        .untilAsserted(
            () ->
                assertThat(doctor.run())
                    .extracting(Finding::level)
                    .hasSize(6)
                    .containsOnly(Finding.Level.OK));
  }

  static Stream<Dashboard.Query> dashboardQueries() {
    return Dashboard.all().stream().flatMap(d -> d.queries().stream());
  }

  /// Of the host that shifted, of one that was upgraded, or of one without details.
  @ParameterizedTest
  @MethodSource("dashboardQueries")
  void should_answer_what_a_panel_asks(Dashboard.Query query) {
    Awaitility.await(query.toString())
        // Micrometer looks for new meters of Kafka once a minute.
        .atMost(PATIENCE)
        .until(
            () ->
                Stream.concat(
                        Stream.of(SHIFTED, UPGRADED),
                        hosts("halfsecond_host_details == 0").stream().limit(1))
                    .anyMatch(host -> !prometheus.query(query.promql(of(host))).isEmpty()));
  }

  private static Map<String, String> of(String host) {
    var values = new HashMap<>(VALUES);
    values.put("host", host);
    return values;
  }

  static Stream<String> selectors() {
    return dashboardQueries()
        .map(query -> query.promql(VALUES))
        .distinct()
        .flatMap(
            query -> SELECTOR.matcher(query).results().map(match -> match.group() + "\n" + query))
        .distinct();
  }

  /// What a selector finds differs in no label with a meaning, unless the query keeps that label.
  @ParameterizedTest
  @MethodSource("selectors")
  void should_merge_no_series_of_different_meaning(String selectorAndQuery) {
    var selector = selectorAndQuery.lines().findFirst().orElseThrow();
    var query = selectorAndQuery.substring(selector.length() + 1);
    for (var label : MEANINGS) {
      int values = prometheus.query("count by (%s) (%s)".formatted(label, selector)).size();
      assertThat(values <= 1 || keeps(query, label))
          .as("%s has %d values of %s, of which %s makes one", selector, values, label, query)
          .isTrue();
    }
  }

  /// Whether an aggregation keeps the label, or only counts what there is.
  private static boolean keeps(String query, String label) {
    return query.contains("count by (")
        || Pattern.compile("by \\(([^)]*)\\)")
            .matcher(query)
            .results()
            .map(match -> List.of(match.group(1).split(", *")))
            .anyMatch(kept -> kept.contains(label) || kept.contains("id"));
  }

  @Test
  void should_have_the_details_of_hosts_with_an_alert_and_twelve_series_of_the_others() {
    Awaitility.await()
        .atMost(SETTLING)
        .untilAsserted(
            () -> {
              assertThat(hosts("halfsecond_host_details == 1"))
                  .contains(SHIFTED, "app-1", "app-2")
                  .hasSizeLessThan(110);
              assertThat(
                      hosts(
                          "count by (host) ({job=\"halfsecond-topology\",host=~\"quiet.*\"} and on"
                              + " (host) halfsecond_host_details == 0) <= 12"))
                  .isNotEmpty()
                  .isEqualTo(hosts("halfsecond_host_details == 0"));
            });
  }

  @Test
  void should_show_of_every_host_what_its_dashboard_does_not_call_not_shown() {
    var quiet =
        Awaitility.await("a host without details")
            .atMost(SETTLING)
            .until(() -> hosts("halfsecond_host_details == 0"), found -> !found.isEmpty())
            .first();
    var values = of(quiet);
    var shown = new ArrayList<String>();
    for (JsonNode panel : Dashboard.host().panels()) {
      var queries =
          panel
              .path("targets")
              .valueStream()
              .map(target -> target.path("expr").asText())
              .filter(query -> query.contains("halfsecond_") && !query.contains("_alert"))
              .filter(query -> !query.contains("_host_change_"))
              // The collector's own metrics are of another host here.
              .filter(
                  query ->
                      !query.contains("halfsecond_collector_") || query.contains("_heartbeat_"))
              .map(query -> new Dashboard.Query(panel.path("title").asText(), query))
              .map(query -> query.promql(values))
              .toList();
      var title = panel.path("title").asText();
      var empty = panel.path("fieldConfig").path("defaults").path("noValue").asText();
      if (empty.startsWith(NOT_SHOWN)) {
        assertThat(queries)
            .as(title)
            .isNotEmpty()
            .allSatisfy(query -> assertThat(prometheus.query(query)).isEmpty());
      } else if (!queries.isEmpty()) {
        shown.add(title);
        Awaitility.await(title)
            .atMost(SETTLING)
            .until(() -> queries.stream().anyMatch(query -> !prometheus.query(query).isEmpty()));
      }
    }
    assertThat(shown)
        .containsExactly(
            "Evidence, highest",
            "Heartbeat age",
            "Connections in the baseline",
            "Details",
            "Startup",
            "Connections in 5 minutes");
  }

  private SortedSet<String> hosts(String promql) {
    var hosts = new TreeSet<String>();
    prometheus
        .query(promql)
        .forEach(series -> hosts.add(series.path("metric").path("host").asText()));
    return hosts;
  }

  @Test
  void should_know_every_metric_that_a_rule_names() throws IOException {
    Set<String> metrics = new TreeSet<>();
    for (JsonNode group : Yaml.read(Path.of("prometheus/rules/halfsecond.yml")).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        METRIC
            .matcher(rule.path("expr").asText())
            .results()
            .forEach(match -> metrics.add(match.group(1)));
      }
    }
    // Only after somebody has dismissed an alert of a whole cohort: the tests of the rules have
    // that.
    assertThat(metrics.remove("halfsecond_alert_dismissed_info")).isTrue();

    assertThat(metrics)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            metric ->
                Awaitility.await(metric)
                    .atMost(SETTLING)
                    .until(() -> !prometheus.query(metric).isEmpty()));
  }

  @Test
  void should_evaluate_every_rule_without_an_error() {
    JsonNode groups = prometheus.read("/api/v1/rules").path("data").path("groups");

    assertThat(groups).hasSize(3);
    assertThat(groups.valueStream().flatMap(group -> group.path("rules").valueStream()))
        .isNotEmpty()
        .allSatisfy(
            rule -> {
              assertThat(rule.path("lastError").asText()).isEmpty();
              assertThat(rule.path("health").asText()).isEqualTo("ok");
            });
  }

  @Test
  void
      should_page_for_the_host_that_shifted_and_once_for_those_that_were_upgraded_and_for_nothing_else() {
    assertThat(
            prometheus
                .query(
                    "count by (alertname, host, cohort)"
                        + " (ALERTS{alertstate='firing',severity='page'})")
                .valueStream()
                .map(alert -> alert.path("metric"))
                .map(
                    labels ->
                        String.join(
                                " ",
                                labels.path("alertname").asText(),
                                labels.path("host").asText(),
                                labels.path("cohort").asText())
                            .strip()))
        .as("%s", prometheus.query("ALERTS{alertstate='firing',severity='page'}"))
        .containsExactlyInAnyOrder(
            "HalfsecondSshdShifted " + SHIFTED, "HalfsecondIncident  " + COHORT);
  }

  @Test
  void should_reach_alertmanager_as_one_notification_for_the_host_and_one_for_the_incident() {
    Awaitility.await("startup and its CPU, in one group")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<JsonNode> pages =
                  alertmanager
                      .read("/api/v2/alerts/groups")
                      .valueStream()
                      .filter(group -> group.path("receiver").path("name").asText().equals("page"))
                      .sorted(Comparator.comparing(group -> group.path("labels").has("id")))
                      .toList();
              assertThat(pages).hasSize(2);
              assertThat(pages.getLast().path("alerts")).hasSize(1);
              assertThat(
                      pages
                          .getLast()
                          .path("alerts")
                          .path(0)
                          .path("annotations")
                          .path("summary")
                          .asText())
                  .matches("2 hosts of %s: .* → .*liblzma.*".formatted(COHORT));
              assertThat(pages.getFirst().path("labels").path("host").asText()).isEqualTo(SHIFTED);
              assertThat(
                      pages
                          .getFirst()
                          .path("alerts")
                          .valueStream()
                          .map(alert -> alert.path("labels").path("signal").asText()))
                  .contains("startup", "cpu-startup");
              assertThat(
                      pages
                          .getFirst()
                          .path("alerts")
                          .path(0)
                          .path("annotations")
                          .path("summary")
                          .asText())
                  .matches("web-17: sshd .* → .*");
            });
  }
}
