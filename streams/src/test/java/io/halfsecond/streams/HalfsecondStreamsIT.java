package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.auth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Partitions, transactions, restarts and rebalances on a real broker, which the test driver lacks.
class HalfsecondStreamsIT {
  private static final Topics TOPICS = Topics.of("ssh.", 3);
  private static final List<String> HOSTS =
      List.of("web-1", "web-2", "web-3", "web-4", "web-5", "web-6");
  private static final int LEARNED = 500;
  private static final int SHIFTED = 30;
  private static final int AFTERWARDS = 180;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Event times end at the present, because the topology uses the system clock.
  private Instant start =
      Instant.now()
          .truncatedTo(ChronoUnit.MINUTES)
          .minus(Duration.ofMinutes(LEARNED + SHIFTED + 10));

  @TempDir private Path directory;

  private KafkaClusterTestKit cluster;

  @BeforeEach
  void startBroker() throws Exception {
    cluster =
        new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build())
            .setConfigProp("offsets.topic.num.partitions", "1")
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("transaction.state.log.num.partitions", "1")
            .setConfigProp("transaction.state.log.replication.factor", "1")
            .setConfigProp("transaction.state.log.min.isr", "1")
            .setConfigProp("group.initial.rebalance.delay.ms", "0")
            .build();
    cluster.format();
    cluster.startup();
    cluster.waitForReadyBrokers();
    try (var admin = cluster.admin()) {
      admin
          .createTopics(
              TOPICS.all().stream()
                  .map(
                      topic ->
                          new NewTopic(topic.name(), topic.partitions(), (short) 1)
                              .configs(topic.configs()))
                  .toList())
          .all()
          .get();
    }
  }

  @AfterEach
  void stopBroker() throws Exception {
    cluster.close();
  }

  private final class Instance implements AutoCloseable {
    private final PrometheusMeterRegistry registry =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HalfsecondStreams streams;

    private Instance(String name) {
      this(name, StreamsSettings.DEFAULT_APPLICATION_ID, InstantSource.system());
    }

    private Instance(String name, String applicationId, InstantSource clock) {
      this(name, applicationId, clock, 0);
    }

    private Instance(String name, String applicationId, InstantSource clock, int standbyReplicas) {
      streams =
          new HalfsecondStreams(
              new StreamsSettings(
                  cluster.bootstrapServers(),
                  TOPICS,
                  new StreamsSettings.Application(
                      applicationId,
                      directory.resolve(name),
                      1,
                      1,
                      standbyReplicas,
                      Duration.ofMillis(200),
                      Optional.empty(),
                      StreamsSettings.HostBounds.defaults()),
                  DetectorSettings.defaults(),
                  TimeBounds.defaults(),
                  Map.of()),
              registry,
              clock);
      streams.start();
      await().atMost(PATIENCE).until(() -> streams.waiting().isEmpty());
    }

    private List<String> openAlerts() {
      return registry
          .scrape()
          .lines()
          .filter(line -> line.startsWith("halfsecond_alert_info{"))
          .sorted()
          .toList();
    }

    @Override
    public void close() {
      streams.close();
      registry.close();
    }
  }

  /// One login a minute on every host. From `shiftAt` on, startup takes half a second longer.
  private void send(int from, int to, int shiftAt) throws Exception {
    send(from, to, shiftAt, "");
  }

  private void send(int from, int to, int shiftAt, String cohort) throws Exception {
    // One request at a time: the broker may not lead a new topic yet. Of several requests in
    // flight,
    // it could refuse the first and take the second; the repeated first would then stay out of
    // sequence.
    try (var producer =
        new KafkaProducer<String, AuthTiming>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrapServers(),
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1),
            new StringSerializer(),
            TOPICS.authTiming().valueSerde().serializer())) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      for (int n = from; n < to; n++) {
        for (var host : HOSTS) {
          var random = new SplittableRandom(31L * n + host.hashCode());
          long startup = (long) (8 * MILLI * Math.exp(0.05 * random.nextGaussian()));
          sent.add(
              producer.send(
                  new ProducerRecord<>(
                      TOPICS.authTiming().name(),
                      host,
                      auth(n, minute(n))
                          .setHost(host)
                          .setCohort(cohort)
                          .setStartupNanos(n < shiftAt ? startup : startup + 500 * MILLI)
                          .build())));
        }
      }
      for (var acknowledgement : sent) {
        acknowledgement.get();
      }
    }
  }

  private List<Alert> committedAlerts() {
    var partitions = new ArrayList<TopicPartition>();
    for (int p = 0; p < TOPICS.alerts().partitions(); p++) {
      partitions.add(new TopicPartition(TOPICS.alerts().name(), p));
    }
    var alerts = new ArrayList<Alert>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            TOPICS.alerts().valueSerde().deserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var end = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < end.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> alerts.add(record.value()));
      }
    }
    return alerts;
  }

  private List<Alert> opened() {
    return committedAlerts().stream()
        .filter(alert -> alert.getState() == AlertState.OPENED)
        .toList();
  }

  private List<String> resolved() {
    return committedAlerts().stream()
        .filter(alert -> alert.getState() == AlertState.RESOLVED)
        .map(Alert::getHost)
        .toList();
  }

  /// The tasks that an instance has stores of on its disk.
  private Set<String> tasks(String instance) throws IOException {
    var application = directory.resolve(instance).resolve(StreamsSettings.DEFAULT_APPLICATION_ID);
    try (var entries = Files.list(application)) {
      return entries
          .filter(entry -> Files.exists(entry.resolve("has-state")))
          .map(entry -> entry.getFileName().toString())
          .collect(Collectors.toSet());
    }
  }

  private void awaitAnAlertOfEveryHost() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(opened()).extracting(Alert::getHost).containsAll(HOSTS));
  }

  private void assertOneAlertOfEveryHost() {
    assertThat(opened())
        .allSatisfy(alert -> assertThat(FindingView.signal(alert)).isEqualTo("startup"))
        .extracting(Alert::getHost)
        .containsExactlyInAnyOrderElementsOf(HOSTS);
    assertThat(committedAlerts())
        .extracting(alert -> alert.getAlertId() + "/" + alert.getRevision())
        .doesNotHaveDuplicates();
  }

  @Test
  void should_publish_each_alert_once_when_restarted() throws Exception {
    // given
    send(0, LEARNED, LEARNED);
    try (var instance = new Instance("one")) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  instance
                          .registry
                          .get("halfsecond.measurements")
                          .tag("signal", "startup")
                          .counter()
                          .count()
                      >= 200);
    }

    // when
    try (var instance = new Instance("one")) {
      send(LEARNED, LEARNED + SHIFTED, LEARNED);
      awaitAnAlertOfEveryHost();
      await().atMost(PATIENCE).until(() -> instance.openAlerts().size() == HOSTS.size());
    }

    // then
    assertOneAlertOfEveryHost();
    try (var instance = new Instance("one")) {
      assertThat(instance.openAlerts()).hasSize(HOSTS.size());
      assertThat(instance.streams.healthy()).isTrue();
      assertThat(
              instance.registry.scrape().lines().filter(line -> line.startsWith("kafka_")).count())
          .isLessThan(100);
    }
    assertOneAlertOfEveryHost();
  }

  @Test
  void should_publish_each_alert_once_when_hosts_move_to_another_instance() throws Exception {
    // given
    send(0, LEARNED, LEARNED);
    try (var one = new Instance("one")) {
      try (var two = new Instance("two")) {
        // when
        send(LEARNED, LEARNED + SHIFTED, LEARNED);
        awaitAnAlertOfEveryHost();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  // Only the instance that owns a host shows it.
                  assertThat(two.openAlerts()).isNotEmpty();
                  assertThat(one.openAlerts())
                      .isNotEmpty()
                      .doesNotContainAnyElementsOf(two.openAlerts());
                  assertThat(one.openAlerts().size() + two.openAlerts().size())
                      .isEqualTo(HOSTS.size());
                });
      }

      // then
      await().atMost(PATIENCE).until(() -> one.openAlerts().size() == HOSTS.size());
    }
    assertOneAlertOfEveryHost();
  }

  /// The same telemetry is judged by an application that loses its stores in the middle, and by one
  /// that does not.
  @Test
  void should_publish_the_same_alerts_when_the_state_directory_is_lost() throws Exception {
    // given
    start = start.minus(Duration.ofMinutes(AFTERWARDS));
    int half = LEARNED + SHIFTED / 2;
    send(0, half, LEARNED);
    try (var instance = new Instance("one")) {
      awaitAnAlertOfEveryHost();
      awaitQuiet(this::committedAlerts);
      assertThat(instance.openAlerts()).hasSize(HOSTS.size());
    }

    // when
    Utils.delete(directory.resolve("one").toFile());
    assertThat(directory.resolve("one")).doesNotExist();
    try (var instance = new Instance("one")) {
      assertThat(instance.openAlerts()).hasSize(HOSTS.size());
      send(half, LEARNED + SHIFTED, LEARNED);
      // What was open ends after the loss, so it was restored with its baseline.
      int end = LEARNED + SHIFTED + AFTERWARDS;
      send(LEARNED + SHIFTED, end, end);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(resolved()).containsAll(HOSTS));
      awaitQuiet(this::committedAlerts);
    }

    // then
    assertOneAlertOfEveryHost();
    var lost = committedAlerts();
    try (var _ = new Instance("two", "kept", InstantSource.system())) {
      await().atMost(PATIENCE).until(() -> committedAlerts().size() >= 2 * lost.size());
      awaitQuiet(this::committedAlerts);
    }
    assertThat(committedAlerts()).hasSize(2 * lost.size());
    assertThat(
            committedAlerts().stream()
                .collect(Collectors.groupingBy(a -> a, Collectors.counting())))
        .allSatisfy((alert, times) -> assertThat(times).as(alert.getSummary()).isEqualTo(2));
  }

  @Test
  void should_keep_the_stores_of_all_tasks_on_both_instances_with_a_standby() throws Exception {
    // given
    send(0, LEARNED + SHIFTED, LEARNED);
    try (var one =
        new Instance("one", StreamsSettings.DEFAULT_APPLICATION_ID, InstantSource.system(), 1)) {
      try (var _ =
          new Instance("two", StreamsSettings.DEFAULT_APPLICATION_ID, InstantSource.system(), 1)) {
        awaitAnAlertOfEveryHost();
        // The first instance has had all tasks, for it was alone.
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(tasks("two")).hasSize(6).isEqualTo(tasks("one")));
        awaitQuiet(this::committedAlerts);
      }

      // when
      await().atMost(PATIENCE).until(() -> one.openAlerts().size() == HOSTS.size());
    }

    // then
    assertOneAlertOfEveryHost();
  }

  /// A second application reads only the topics: telemetry, and the profiles of the first
  /// application.
  @Test
  void should_publish_bit_identical_alerts_when_the_topics_are_read_again() throws Exception {
    // given
    // Ten hours ago or less: a profile is made ten minutes after it and holds half an hour later,
    // before the shift.
    var profileDue = lastSixHours().minus(Duration.ofHours(6));
    start = profileDue.minus(Duration.ofMinutes(LEARNED - 60));
    int known = LEARNED - 45;
    var clock = new AtomicReference<>(minute(known));
    send(0, known, LEARNED, "debian-12");
    try (var _ = new Instance("one", StreamsSettings.DEFAULT_APPLICATION_ID, clock::get)) {
      await().atMost(PATIENCE).until(() -> profiles() > 0);
      awaitQuiet(this::profiles);
      clock.set(minute(LEARNED + SHIFTED));
      send(known, LEARNED + SHIFTED, LEARNED, "debian-12");
      awaitAnAlertOfEveryHost();
      awaitQuiet(this::committedAlerts);
    }
    var live = alertsOfHosts();

    // when
    try (var _ = new Instance("two", "again", clock::get)) {
      await().atMost(PATIENCE).until(() -> alertsOfHosts().size() >= 2 * live.size());
      awaitQuiet(this::committedAlerts);
    }

    // then
    assertThat(alertsOfHosts()).hasSize(2 * live.size());
    assertThat(
            alertsOfHosts().stream()
                .collect(Collectors.groupingBy(alert -> alert, Collectors.counting())))
        .allSatisfy((alert, times) -> assertThat(times).as(alert.getSummary()).isEqualTo(2));
  }

  private Instant minute(int n) {
    return start.plus(Duration.ofMinutes(n));
  }

  private static Instant lastSixHours() {
    long six = Duration.ofHours(6).toSeconds();
    return Instant.ofEpochSecond(Instant.now().getEpochSecond() / six * six);
  }

  /// Waits until nothing has arrived for ten commits.
  private static void awaitQuiet(Callable<?> what) throws Exception {
    var seen = new AtomicReference<Object>(what.call());
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ofSeconds(2))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              var now = what.call();
              return now.equals(seen.getAndSet(now));
            });
  }

  private List<Alert> alertsOfHosts() {
    return committedAlerts().stream().filter(alert -> !alert.getHost().isEmpty()).toList();
  }

  private long profiles() throws Exception {
    try (var admin = cluster.admin()) {
      var ends =
          admin
              .listOffsets(
                  IntStream.range(0, TOPICS.cohorts().partitions())
                      .boxed()
                      .collect(
                          Collectors.toMap(
                              p -> new TopicPartition(TOPICS.cohorts().name(), p),
                              _ -> OffsetSpec.latest())))
              .all()
              .get();
      return ends.values().stream().mapToLong(end -> end.offset()).sum();
    }
  }
}
