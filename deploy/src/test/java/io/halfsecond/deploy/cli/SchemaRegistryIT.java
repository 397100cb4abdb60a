package io.halfsecond.deploy.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.NpmPackages;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.deploy.ops.Tool;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The topology with a real registry, Apicurio, and the client that Node's users read it with.
class SchemaRegistryIT {
  /// Put there by the build.
  private static final Path ARCHIVE = Path.of("target/registry/apicurio.tar.gz").toAbsolutePath();

  private static final Topics TOPICS = Topics.of("reg.", 1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PATIENCE_SECONDS = "120";
  private static final Duration SLOW = SyntheticHost.USUAL_STARTUP.plusMillis(500);
  private static final String OLD = "an older version wrote this one";

  @TempDir private Path directory;

  private final StringWriter said = new StringWriter();
  private String bootstrapServers = "";
  private String url = "";

  @Test
  void should_write_alerts_in_the_format_of_the_registry_and_read_both() throws Exception {
    int port = freePort();
    url = "http://127.0.0.1:%d/apis/ccompat/v7".formatted(port);
    var application = unpacked();
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"))) {
      bootstrapServers = broker.bootstrapServers();
      try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
        TopicPlan.of(admin, TOPICS, 1).apply(admin);
      }
      var stop = new Stop();
      var topology = CompletableFuture.supplyAsync(() -> stream(stop));
      try {
        // when: the registry is not there yet
        awaitSaid(
            "the schema registry %s cannot be reached: ".formatted(url),
            "start the schema registry");

        // then: the topology waits for it
        assertThat(topology).isNotDone();
        var registry = start(application, port);
        try {
          awaitSaid("streaming");
          work();
        } finally {
          registry.destroy();
          registry.waitFor();
        }
        goOnWithout(topology);
      } finally {
        stop.request();
      }
      assertThat(topology.get()).as(said.toString()).isZero();
    }
  }

  private int stream(Stop stop) {
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(said, true), new PrintWriter(said, true), false, Map.of(), stop),
        Stream.concat(
                Stream.of("stream"),
                options(
                    "schema.registry.url=" + url,
                    "stream.state-directory=" + directory.resolve("streams"),
                    "stream.commit-interval=100ms",
                    "stream.http=127.0.0.1:0"))
            .toArray(String[]::new));
  }

  private Stream<String> options(String... settings) {
    return Stream.concat(
        Stream.of("--bootstrap-servers", bootstrapServers, "--set", "topics.prefix=reg."),
        Stream.of(settings).flatMap(setting -> Stream.of("--set", setting)));
  }

  private void awaitSaid(String... words) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(said.toString()).contains(words));
  }

  private void work() throws Exception {
    // given: an alert from before there was a registry
    put(older());

    // when
    sendSlowed("web-17", 17);
    await().atMost(PATIENCE).until(() -> values().size() > 2);

    // then: what the topology wrote has the id of the registry's schema, and is read beside the old
    int records = values().size();
    assertThat(values().subList(1, records))
        .allSatisfy(value -> assertThat(value).startsWith(0, 0, 0, 0));
    var read = alerts("schema.registry.url=" + url);
    assertThat(read.lines().count()).isGreaterThanOrEqualTo(records);
    assertThat(read).contains(OLD, "\"host\":\"web-17\"");

    // then: without the registry, only the old one is readable, and a message says what is missing
    assertThat(alerts()).contains(OLD).doesNotContain("\"host\":\"web-17\"");

    // then: schemas must stay compatible both ways
    assertThat(get("/config/reg.alerts-value")).contains("FULL_TRANSITIVE");

    // then: a client that knows nothing of us reads it
    var node = Tool.require("node", "nodejs").file().toString();
    var foreign =
        Tool.require("timeout", "coreutils")
            .run(
                NpmPackages.of(Path.of("src/test/alert-topic").toAbsolutePath()).home(),
                Map.of(),
                PATIENCE_SECONDS,
                node,
                "registry.mjs",
                bootstrapServers,
                TOPICS.alerts().name(),
                url,
                Integer.toString(records));
    assertThat(foreign.status()).as(foreign.output()).isZero();
    assertThat(foreign.output().lines().filter(line -> line.contains(" web-17: sshd ")))
        .hasSize(records - 1);
  }

  /// The registry is gone, and the schemas are known.
  private void goOnWithout(CompletableFuture<Integer> topology) throws Exception {
    sendSlowed("web-18", 18);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                values().stream()
                    .anyMatch(value -> new String(value, ISO_8859_1).contains("web-18")));
    assertThat(topology).isNotDone();

    // A reader that has to ask says so, instead of leaving alerts out.
    var err = new StringWriter();
    assertThat(run(new StringWriter(), err, "schema.registry.url=" + url)).isEqualTo(1);
    assertThat(err.toString()).contains("the schema registry %s cannot be reached".formatted(url));
  }

  /// The telemetry of a host that becomes slow after four hours.
  private void sendSlowed(String name, long seed) {
    try (var sender = new TelemetrySender(bootstrapServers, TOPICS)) {
      var begin = Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofHours(6));
      var host = new SyntheticHost(name, seed);
      sender.history(host, begin, begin.plus(Duration.ofHours(4)), SyntheticHost.USUAL_STARTUP);
      sender.history(
          host,
          begin.plus(Duration.ofHours(4)),
          begin.plus(Duration.ofHours(4)).plus(Duration.ofMinutes(40)),
          SLOW);
    }
  }

  private String alerts(String... settings) {
    var out = new StringWriter();
    var err = new StringWriter();
    assertThat(run(out, err, settings)).as(err.toString()).isZero();
    return out.toString();
  }

  private int run(StringWriter out, StringWriter err, String... settings) {
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), false, Map.of(), new Stop()),
        Stream.concat(Stream.of("alerts", "--json", "--since", "7d"), options(settings))
            .toArray(String[]::new));
  }

  private static Alert older() {
    return Given.startup("0f".repeat(16)).setHost("db-1").setSummary(OLD).build();
  }

  private void put(Alert alert) throws ExecutionException, InterruptedException {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  TOPICS.alerts().name(),
                  alert.getAlertId(),
                  AvroSerde.of(Alert.class).encode(alert)))
          .get();
    }
  }

  /// All values on the topic, as they are.
  private List<byte[]> values() {
    var values = new ArrayList<byte[]>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partition = new TopicPartition(TOPICS.alerts().name(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  private String get(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private Path unpacked() throws IOException {
    if (!Files.exists(ARCHIVE)) {
      throw Tool.missing(ARCHIVE + " is missing; mvn verify fetches it");
    }
    var application = Files.createDirectory(directory.resolve("registry"));
    var result = Tool.require("tar", "tar").run(application, Map.of(), "-xzf", ARCHIVE.toString());
    assertThat(result.status()).as(result.output()).isZero();
    return application.resolve("quarkus-run.jar");
  }

  /// Its database is in memory. It listens on the loopback address.
  private Process start(Path application, int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.management.host=127.0.0.1",
            "-Dquarkus.management.port=0",
            "-jar",
            application.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("registry.log").toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
