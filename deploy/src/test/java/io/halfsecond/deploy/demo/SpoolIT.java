package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.spool.SpoolListing;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The spool of a real `halfsecond collect` process, which reads a log that the test writes.
class SpoolIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX, 1);

  @TempDir private Path directory = Path.of("");

  private final int port = Daemon.freePort();
  private final int http = Daemon.freePort();
  private final List<AutoCloseable> running = new ArrayList<>();
  private int connections;

  @SuppressWarnings("NullAway.Init") // set before each test
  private EmbeddedBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    Machine.assumeReady();
    Files.createFile(log());
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (var part : running.reversed()) {
      part.close();
    }
    broker.close();
  }

  @Test
  void should_lose_nothing_when_kafka_is_away_and_the_collector_is_killed_meanwhile()
      throws Exception {
    // given
    var state = directory.resolve("state");
    var first = collect(state);
    connect(20);
    await().atMost(PATIENCE).until(() -> ids().size() == 20);

    // when
    broker.close();
    connect(500);
    await().atMost(PATIENCE).until(() -> waiting(state) >= 500);
    first.destroyForcibly().waitFor();
    var left = waiting(state);
    collect(state);
    connect(30);
    await().atMost(PATIENCE).until(() -> waiting(state) >= left + 30);
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);

    // then: the log itself is read again from a position that is some seconds old
    await().atMost(PATIENCE).until(() -> waiting(state) == 0);
    var killedRun = read(TOPICS.authTiming()).getFirst().getCollector();
    assertThat(numbers(killedRun)).hasSize(520);
    assertThat(ids()).hasSizeGreaterThanOrEqualTo(550);
    assertThat(inOrder()).isTrue();
    await().atMost(PATIENCE).until(() -> killed().filter(this::isSettled).isPresent());
    assertThat(killed())
        .hasValueSatisfying(
            run -> {
              assertThat(run.getEnded()).isTrue();
              assertThat(run.getDropped()).isEmpty();
              assertThat(run.getUnaccounted()).isLessThanOrEqualTo(1);
            });
  }

  @Test
  void should_go_on_in_memory_while_the_disk_is_full() throws Exception {
    // given
    var state = disk();
    collect(state);
    await().atMost(PATIENCE).until(() -> spoolIsWritten().orElse(false));
    broker.close();
    connect(10);
    await().atMost(PATIENCE).until(() -> waiting(state) == 10);

    // when it is full
    var filler = state.resolve("filler");
    fill(filler);
    connect(200);

    // then
    await().atMost(PATIENCE).until(() -> !spoolIsWritten().orElse(true));
    Files.delete(filler);
    await().atMost(PATIENCE).until(() -> spoolIsWritten().orElse(false));
    connect(5);

    // and when Kafka is back
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);
    await().atMost(PATIENCE).until(() -> ids().size() == 215);
    assertThat(inOrder()).isTrue();
    assertThat(statuses().getLast().getRecordsDropped()).isEmpty();
  }

  @Test
  void should_take_over_the_spool_when_the_disk_is_no_longer_read_only() throws Exception {
    // given: records of a run that was killed
    var state = disk();
    var killed = collect(state);
    await().atMost(PATIENCE).until(() -> spoolIsWritten().orElse(false));
    broker.close();
    connect(10);
    await().atMost(PATIENCE).until(() -> waiting(state) == 10);
    killed.destroyForcibly().waitFor();

    // when
    Commands.run(List.of("mount", "-o", "remount,ro", state.toString()));
    collect(state);
    await().atMost(PATIENCE).until(() -> !spoolIsWritten().orElse(true));
    connect(20);
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);
    await().atMost(PATIENCE).until(() -> ids().size() >= 20);
    Commands.run(List.of("mount", "-o", "remount,rw", state.toString()));

    // then
    await().atMost(PATIENCE).until(() -> spoolIsWritten().orElse(false));
    await().atMost(PATIENCE).until(() -> waiting(state) == 0);
    assertThat(killed().map(RunProgress::getCollector))
        .map(this::numbers)
        .hasValueSatisfying(numbers -> assertThat(numbers).hasSize(10));
    assertThat(inOrder()).isTrue();
  }

  /// A disk of its own, that is soon full.
  private Path disk() throws Exception {
    var disk = Files.createDirectory(directory.resolve("disk"));
    Commands.run(
        List.of("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk.toString()));
    running.add(() -> Commands.run(List.of("umount", "-l", disk.toString())));
    return disk;
  }

  private Process collect(Path state) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.halfsecond.deploy.cli.Halfsecond",
                "collect",
                "--bootstrap-servers=127.0.0.1:" + port,
                "--set=host=web-17",
                "--set=collector.kernel=false",
                "--set=collector.log=file",
                "--set=collector.log-file=" + log(),
                "--set=collector.probe=false",
                "--set=collector.self-test=false",
                "--set=collector.inventory=false",
                "--set=collector.heartbeat=500ms",
                "--set=collector.state-directory=" + state,
                "--set=collector.http=127.0.0.1:" + http)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("collect.out").toFile()))
            .start();
    running.add(() -> process.destroyForcibly().waitFor());
    await().atMost(PATIENCE).until(() -> metrics().contains("halfsecond_collector_source_up"));
    return process;
  }

  /// Writes the lines of clients that are refused.
  private void connect(int count) throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int pid = 10_000 + connections++;
      for (var message :
          List.of(
              "Failed password for root from 192.0.2.7 port %d ssh2",
              "Connection closed by authenticating user root 192.0.2.7 port %d [preauth]")) {
        lines
            .append(Instant.now().truncatedTo(ChronoUnit.MICROS))
            .append(" web-17 sshd[%d]: ".formatted(pid))
            .append(message.formatted(pid))
            .append('\n');
      }
    }
    Files.writeString(log(), lines, StandardOpenOption.APPEND);
  }

  private Path log() {
    return directory.resolve("auth.log");
  }

  private static long waiting(Path state) throws IOException {
    return SpoolListing.of(state.resolve("spool"), _ -> {}).segments().stream()
        .mapToLong(SpoolListing.Listed::waitingInAll)
        .sum();
  }

  private Set<String> ids() {
    return new HashSet<>(read(TOPICS.authTiming()).stream().map(AuthTiming::getId).toList());
  }

  private Set<Long> numbers(String run) {
    return read(TOPICS.authTiming()).stream()
        .filter(record -> record.getCollector().equals(run))
        .map(AuthTiming::getSequence)
        .collect(Collectors.toSet());
  }

  /// Whether the first copies of records have rising numbers in each run.
  private boolean inOrder() {
    var newest = new HashMap<String, Long>();
    var seen = new HashSet<String>();
    return read(TOPICS.authTiming()).stream()
        .filter(record -> seen.add(record.getCollector() + record.getSequence()))
        .allMatch(
            record -> {
              var before = newest.put(record.getCollector(), record.getSequence());
              return before == null || before < record.getSequence();
            });
  }

  private Optional<RunProgress> killed() {
    return statuses().getLast().getRuns().stream().filter(RunProgress::getEnded).findFirst();
  }

  private boolean isSettled(RunProgress run) {
    return run.getSettled() == run.getAssigned();
  }

  private List<CollectorStatus> statuses() {
    return read(TOPICS.collectorStatus());
  }

  private <T> List<T> read(Topic<T> topic) {
    var values = new ArrayList<T>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partition = new TopicPartition(topic.name(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                record ->
                    values.add(
                        topic
                            .valueSerde()
                            .deserializer()
                            .deserialize(topic.name(), record.value())));
      }
    }
    return values;
  }

  /// Empty if the collector does not say.
  private Optional<Boolean> spoolIsWritten() {
    return metrics()
        .lines()
        .filter(line -> line.startsWith("halfsecond_collector_spool_writing{"))
        .map(line -> line.endsWith(" 1.0") || line.endsWith(" 1"))
        .findFirst();
  }

  private String metrics() {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException _) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      var block = new byte[512];
      while (true) {
        out.write(block);
      }
    } catch (IOException _) {
      // It is full.
      assertThat(file).exists();
    }
  }
}
