package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.HalfsecondStreams;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/// The topology against a broker in a container: another process, another network, Kafka's own
/// packaging rules, and the image that compose.yaml runs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PipelineOnTestcontainersIT {
  private static final Topics TOPICS = Topics.of("tc.", 3);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<AutoCloseable> started = new ArrayList<>();
  private String bootstrapServers = "";

  @BeforeAll
  void start_broker_and_topology(@TempDir Path directory) {
    DockerEngine engine = started(DockerEngine.findOrStart(directory));
    String image = engine.buildImage("kafka");
    KafkaContainer kafka =
        started(
            new KafkaContainer(
                    DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"))
                .withImagePullPolicy(_ -> false));
    kafka.start();
    bootstrapServers = kafka.getBootstrapServers();
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    var settings =
        new StreamsSettings(
            bootstrapServers,
            TOPICS,
            StreamsSettings.Application.ofOneBroker(
                directory.resolve("streams"), Duration.ofMillis(100)),
            DetectorSettings.defaults(),
            TimeBounds.defaults(),
            Map.of());
    started(new HalfsecondStreams(settings, new SimpleMeterRegistry())).start();
  }

  private <T extends AutoCloseable> T started(T what) {
    started.add(what);
    return what;
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_tell_of_the_one_host_whose_startup_became_half_a_second_slower() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant change = now.minus(Duration.ofMinutes(40));
    var slowed = new SyntheticHost("web-17", 17);
    var steady = new SyntheticHost("web-18", 18);

    try (var sender = new TelemetrySender(bootstrapServers, TOPICS)) {
      sender.history(slowed, now.minus(Duration.ofHours(4)), change, SyntheticHost.USUAL_STARTUP);
      sender.history(slowed, change, now, SyntheticHost.USUAL_STARTUP.plusMillis(500));
      sender.history(steady, now.minus(Duration.ofHours(4)), now, SyntheticHost.USUAL_STARTUP);
    }

    List<Alert> alerts = alertsUntilOpened(Signal.STARTUP);
    Alert opened =
        alerts.stream().filter(alert -> isOpening(alert, Signal.STARTUP)).findFirst().orElseThrow();
    assertThat(opened.getHost()).isEqualTo("web-17");
    var shift = (ShiftFinding) opened.getFinding();
    assertThat(shift.getDirection()).isEqualTo(Direction.UP);
    assertThat(shift.getPhase()).isEqualTo(Phase.STARTUP);
    assertThat(opened.getOnset()).isCloseTo(change, within(2, ChronoUnit.MINUTES));
    assertThat(shift.getShift()).isCloseTo(500e6, within(50e6));
    assertThat(alerts).extracting(Alert::getHost).containsOnly("web-17");
  }

  private List<Alert> alertsUntilOpened(Signal signal) {
    var alerts = new ArrayList<Alert>();
    try (var reader =
        TopicReader.open(bootstrapServers, Map.of(), TOPICS, Topics::alerts, Instant.EPOCH)) {
      Awaitility.await("an alert on " + signal)
          .atMost(PATIENCE)
          .until(
              () -> {
                alerts.addAll(reader.poll(Duration.ofMillis(100)));
                return alerts.stream().anyMatch(alert -> isOpening(alert, signal));
              });
      alerts.addAll(reader.readToEnd(() -> false));
    }
    return alerts;
  }

  private static boolean isOpening(Alert alert, Signal signal) {
    return alert.getState() == AlertState.OPENED
        && alert.getFinding() instanceof ShiftFinding shift
        && shift.getSignal() == signal;
  }

  @Test
  void should_put_aside_what_it_cannot_read_and_say_why() {
    byte[] garbage = "not a record".getBytes(StandardCharsets.UTF_8);

    try (var sender = new TelemetrySender(bootstrapServers, TOPICS)) {
      sender.garbage("web-19", garbage);
    }

    ConsumerRecord<byte[], byte[]> letter = firstDeadLetter();
    assertThat(letter.value()).isEqualTo(garbage);
    assertThat(letter.key()).isEqualTo("web-19".getBytes(StandardCharsets.UTF_8));
    assertThat(letter.headers())
        .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
        .anyMatch(TOPICS.authTiming().name()::equals)
        .anyMatch(value -> value.contains("SerializationException"));
  }

  private ConsumerRecord<byte[], byte[]> firstDeadLetter() {
    var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      String topic = TOPICS.deadLetters().name();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Awaitility.await("a dead letter")
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
                return !letters.isEmpty();
              });
    }
    return letters.getFirst();
  }
}
