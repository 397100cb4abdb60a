package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonView;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/// The alert topic as programs of others see it: the examples of the documentation read what a real
/// topology wrote, with what they say they need and nothing else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AlertTopicIT {
  private static final Path DOCS = Path.of("../docs").toAbsolutePath().normalize();
  private static final Path EXAMPLES = DOCS.resolve("examples");
  private static final Topics TOPICS = Topics.of("topic.", 2).withAlertsJson();
  private static final Topic<Alert> JSON = TOPICS.alertsJson().orElseThrow();

  /// Seconds that a program may take, of which it needs three.
  private static final String PATIENCE = "120";

  private final List<Alert> written = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private EmbeddedBroker broker;

  /// A host that becomes slow: alerts of its signals, one of which covers the others.
  @BeforeAll
  void write(@TempDir Path directory) throws IOException {
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    var settings =
        new StreamsSettings(
            broker.bootstrapServers(),
            TOPICS,
            StreamsSettings.Application.ofOneBroker(
                directory.resolve("streams"), Duration.ofMillis(100)),
            DetectorSettings.defaults(),
            TimeBounds.defaults(),
            Map.of());
    var begin = Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofHours(6));
    var slowed = begin.plus(Duration.ofHours(4));
    try (var reader =
        TopicReader.open(
            broker.bootstrapServers(), Map.of(), TOPICS, Topics::alerts, Instant.EPOCH)) {
      try (var topology =
              StreamService.start(
                  settings, Endpoint.plain(InetSocketAddress.createUnresolved("127.0.0.1", 0)));
          var sender = new TelemetrySender(broker.bootstrapServers(), TOPICS)) {
        await().atMost(Duration.ofMinutes(1)).until(topology::ready);
        var host = new SyntheticHost("web-17", 17);
        sender.history(host, begin, slowed, SyntheticHost.USUAL_STARTUP);
        sender.history(
            host,
            slowed,
            slowed.plus(Duration.ofMinutes(40)),
            SyntheticHost.USUAL_STARTUP.plusMillis(500));
        await()
            .atMost(Duration.ofMinutes(2))
            .untilAsserted(
                () -> {
                  written.addAll(reader.poll(Duration.ofMillis(200)));
                  assertThat(written).extracting(Alert::getCovered).contains(true, false);
                });
      }
      written.addAll(reader.readToEnd(() -> false));
    }
    assertThat(written).extracting(Alert::getScope).contains(AlertScope.HOST);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private List<String> expected() {
    return written.stream()
        .filter(alert -> !alert.getCovered())
        .map(alert -> "%s %s %s".formatted(alert.getAt(), alert.getState(), alert.getTitle()))
        .toList();
  }

  /// What a program that reads all alerts prints about alerts.
  private List<String> printed(Path directory, Topic<Alert> topic, String... command) {
    var arguments =
        Stream.of(
                Stream.of(PATIENCE),
                Stream.of(command),
                Stream.of(
                    broker.bootstrapServers(), topic.name(), Integer.toString(written.size())))
            .flatMap(part -> part)
            .toArray(String[]::new);
    var result = Tool.require("timeout", "coreutils").run(directory, Map.of(), arguments);
    assertThat(result.status()).as(result.output()).isZero();
    return result
        .output()
        .lines()
        .filter(line -> line.matches("\\d{4}-\\d{2}-\\d{2}T\\S+Z [A-Z]+ .*"))
        .toList();
  }

  @Test
  void should_be_read_by_the_example_in_java(@TempDir Path directory) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var jars =
        Stream.of(
                Alert.class,
                KafkaConsumer.class,
                Schema.class,
                ObjectMapper.class,
                JsonFactory.class,
                JsonView.class,
                Logger.class)
            .map(AlertTopicIT::jar)
            .collect(Collectors.joining(File.pathSeparator));

    assertThat(
            printed(
                directory,
                TOPICS.alerts(),
                java,
                "-cp",
                jars,
                EXAMPLES.resolve("ReadAlerts.java").toString()))
        .containsExactlyInAnyOrderElementsOf(expected());
  }

  private static String jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void should_be_read_by_the_example_in_node() throws IOException {
    var node = Tool.require("node", "nodejs").file().toString();
    var home = packages().home();
    // Node looks for packages beside the program.
    Files.copy(
        EXAMPLES.resolve("read-alerts.mjs"),
        home.resolve("read-alerts.mjs"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(printed(home, JSON, node, "read-alerts.mjs"))
        .containsExactlyInAnyOrderElementsOf(expected());
  }

  private static NpmPackages packages() throws IOException {
    return NpmPackages.of(Path.of("src/test/alert-topic").toAbsolutePath());
  }

  /// With Debian's Python, for which the package is.
  @Test
  void should_be_read_by_the_example_in_python(@TempDir Path directory) {
    var python = new Tool(Path.of("/usr/bin/python3"));
    if (!Files.isExecutable(python.file())
        || python.run(directory, Map.of(), "-c", "import confluent_kafka").status() != 0) {
      throw Tool.missing("confluent_kafka is missing (Debian package python3-confluent-kafka)");
    }

    assertThat(
            printed(
                directory,
                JSON,
                python.file().toString(),
                EXAMPLES.resolve("read_alerts.py").toString()))
        .containsExactlyInAnyOrderElementsOf(expected());
  }

  /// By the parser of the AsyncAPI project, which also reads the schemas that the document names.
  @Test
  void should_be_described_by_a_valid_asyncapi_document() throws IOException {
    var result =
        Tool.require("node", "nodejs")
            .run(
                packages().home(),
                Map.of(),
                "validate.mjs",
                DOCS.resolve("alert-topic.asyncapi.yaml").toString());

    assertThat(result.status()).as(result.output()).isZero();
    int fields = Alert.getClassSchema().getFields().size();
    assertThat(result.output().lines())
        .containsExactly(
            "ssh.alerts: %d fields".formatted(fields),
            "ssh.alerts-json: %d fields".formatted(fields));
  }
}
