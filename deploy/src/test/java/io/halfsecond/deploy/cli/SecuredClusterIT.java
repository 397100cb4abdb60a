package io.halfsecond.deploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.deploy.broker.SecuredBroker;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.streams.metric.Meters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The documented production set-up on a real broker: TLS, SCRAM and mutual TLS, access control
/// lists from `topics apply --acls`, and records that carry codes. Every part of Halfsecond runs
/// under the principal of its role, with no right beyond it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredClusterIT {
  private static final Topics TOPICS = Topics.of("ssh.", 2);
  private static final String OWN = "web-17";
  private static final String OTHER = "web-18";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String[] ACLS = {
    "--acls",
    "--administrators=User:admin",
    "--collectors=User:collector",
    "--collectors=User:CN=web-18",
    "--topology=User:topology",
    "--readers=User:reader",
    "--auditors=User:auditor",
    "--deciders=User:alice"
  };

  private Path directory = Path.of("");
  private final List<AutoCloseable> started = new ArrayList<>();
  private Path secrets = Path.of("");

  /// What a command printed, and its status.
  @BeforeAll
  void start(@TempDir Path made) throws Exception {
    directory = made;
    var broker =
        SecuredBroker.start(
            Files.createDirectories(directory.resolve("broker")),
            List.of("admin", "collector", "topology", "reader", "auditor", "alice"),
            List.of(OTHER));
    started.add(broker);
    for (var user : List.of("admin", "collector", "topology", "reader", "auditor", "alice")) {
      var jaas = secret(user + ".jaas", SecuredBroker.jaas(user));
      configure(user, broker.asUser(jaas));
    }
    configure(OTHER, broker.asHost(OTHER, secret("store.password", Certificates.PASSWORD)));

    secrets = directory.resolve("fleet.secrets");
    assertThat(Ran.of("enroll", "--new-secret", secrets.toString()).status()).isZero();
    for (var host : List.of(OWN, OTHER)) {
      assertThat(enroll(host, host + ".key").status()).isZero();
    }
    assertThat(enroll("--decider=alice", "alice.key").status()).isZero();

    assertThat(topics("plan", ACLS).out()).contains("User:collector: Write on topic `ssh.probe`");
    var applied = topics("apply", ACLS);
    assertThat(applied.err()).isEmpty();
    assertThat(applied.status()).as(applied.out()).isZero();
    assertThat(topics("plan", ACLS).out())
        .contains("all 12 topics are as needed", "access control lists are as needed");
  }

  @Test
  void should_not_call_topics_missing_that_a_principal_may_not_see() {
    var collector =
        Ran.of("doctor", "kafka", "--config", directory.resolve("collector.yaml").toString());
    assertThat(collector.out())
        .contains(
            "topics: all present that this user may see; 4 it may not",
            "rights: User:collector has all of a collector",
            "a record: acknowledged")
        .doesNotContain("FAIL");

    var reader = Ran.of("doctor", "kafka", "--config", directory.resolve("reader.yaml").toString());
    assertThat(reader.out())
        .contains("rights: User:reader has all of a reader")
        .doesNotContain("FAIL", "a record");
  }

  private Ran enroll(String who, String file) {
    return Ran.of("enroll", who, "--secret-file=" + secrets, "--out=" + directory.resolve(file));
  }

  private Path secret(String name, String content) throws IOException {
    var file = directory.resolve(name);
    SecretFile.create(file, content.getBytes(UTF_8));
    return file;
  }

  private void configure(String who, String kafka) throws IOException {
    Files.writeString(
        directory.resolve(who + ".yaml"),
        kafka
            + """
            topics: {prefix: ssh., partitions: 2, replication-factor: 1}
            collector:
              kernel: false
              log-file: %s
              probe: false
              self-test: false
              inventory: false
              heartbeat: 1s
              state-directory: %s
              http: 127.0.0.1:0
            stream:
              state-directory: %s
              commit-interval: 100ms
              http: 127.0.0.1:0
              authentication: required
              authentication-secrets-file: %s
            """
                .formatted(
                    Files.writeString(directory.resolve("auth.log"), ""),
                    directory.resolve("collector-" + who),
                    directory.resolve("streams"),
                    directory.resolve("fleet.secrets")));
  }

  private Configuration configuration(String who, Map<String, String> flags) {
    return Configuration.load(Optional.of(directory.resolve(who + ".yaml")), Map.of(), flags);
  }

  private Ran runAs(String who, String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.add("--config=" + directory.resolve(who + ".yaml"));
    return Ran.of(all.toArray(String[]::new));
  }

  private Ran topics(String command, String... more) {
    var all = new ArrayList<>(List.of("topics", command));
    all.addAll(List.of(more));
    return runAs("admin", all.toArray(String[]::new));
  }

  private CollectorService collector(String principal, String host) throws IOException {
    return CollectorService.start(
        Settings.collector(
            configuration(
                principal,
                Map.of(
                    "host",
                    host,
                    "collector.authentication-key-file",
                    directory.resolve(host + ".key").toString()))),
        Endpoint.plain(Catalogue.COLLECTOR_HTTP.parse().of("127.0.0.1:0")));
  }

  private static double scraped(StreamService stream, String series) {
    return stream
        .registry()
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  @Test
  void should_let_each_role_do_its_work_and_tell_when_a_host_writes_as_another() throws Exception {
    var ofTopology = configuration("topology", Map.of());
    try (var stream =
            StreamService.start(
                Settings.streams(ofTopology, Clusters.topicsOfTopology(ofTopology)),
                Endpoint.plain(Catalogue.STREAM_HTTP.parse().of("127.0.0.1:0")));
        var own = collector("collector", OWN);
        var other = collector(OTHER, OTHER)) {
      assertThat(own.healthy() && other.healthy()).isTrue();
      for (var host : List.of(OWN, OTHER)) {
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    scraped(
                            stream,
                            "halfsecond_collector_heartbeat_timestamp_seconds{host=\"%s\"}"
                                .formatted(host))
                        > 0);
      }
      assertThat(stream.registry().find(Meters.DEAD_LETTERS.name()).counters())
          .isNotEmpty()
          .allSatisfy(counter -> assertThat(counter.count()).isZero());
      assertThat(runAs("reader", "alerts", "--open").out()).doesNotContain("forged");

      // when
      writeAs(
          OTHER,
          TOPICS.authTiming(),
          OWN,
          new SyntheticHost(OWN, 1).connection(Instant.now(), Duration.ofSeconds(9)).timing());

      // then
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(runAs("reader", "alerts", "--open").out())
                      .contains(
                          "web-17: telemetry in the name of this host (forged)",
                          "code: not made with the key of web-17"));
      assertThat(scraped(stream, "halfsecond_records_refused_total{reason=\"wrong\"}"))
          .isEqualTo(1);
      assertThat(scraped(stream, "halfsecond_measurements_total{signal=\"startup\"}")).isZero();

      // when
      var id = forgedId(runAs("reader", "alerts", "--open").out());
      var unsealed = runAs("alice", "ack", id, "--dismiss", "--why=known");
      var ofReader = runAs("reader", "ack", id, "--dismiss", "--why=known");
      var asBob =
          runAs(
              "alice",
              "ack",
              id,
              "--dismiss",
              "--why=known",
              "--by=bob",
              "--key-file=" + directory.resolve("alice.key"));
      var sealed =
          runAs(
              "alice",
              "ack",
              id,
              "--dismiss",
              "--why=known",
              "--key-file=" + directory.resolve("alice.key"));

      // then
      assertThat(unsealed.status()).isEqualTo(1);
      assertThat(unsealed.err()).contains("requires a decider's key");
      assertThat(scraped(stream, "halfsecond_alert_decisions_total{result=\"refused\"}"))
          .isEqualTo(1);
      assertThat(ofReader.status()).isEqualTo(1);
      assertThat(ofReader.err()).contains("ssh.control");
      assertThat(asBob.status()).isEqualTo(2);
      assertThat(asBob.err()).contains("the key is that of alice");
      assertThat(sealed.err()).isEmpty();
      assertThat(sealed.status()).isZero();
      assertThat(sealed.out()).contains("Dismissed by alice@");
    }
  }

  private static String forgedId(String open) {
    var found = Pattern.compile("([0-9a-f]{8,32}).*\\(forged\\)").matcher(open);
    assertThat(found.find()).as(open).isTrue();
    return found.group(1);
  }

  /// With the client's settings and the key of a host.
  private <V> void writeAs(String who, Topic<V> topic, String key, V value) throws Exception {
    var own = AuthenticationKey.read(directory.resolve(who + ".key"));
    byte[] bytes = topic.valueSerde().serializer().serialize(topic.name(), value);
    var record = new ProducerRecord<>(topic.name(), key, bytes);
    record.headers().add(Sealer.HEADER, new KeySealer(() -> own).seal(topic.name(), key, bytes));
    send(who, record);
  }

  private void send(String who, ProducerRecord<String, byte[]> record) throws Exception {
    try (var producer =
        new KafkaProducer<>(client(who), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private Map<String, Object> client(String who) {
    var configuration = configuration(who, Map.of());
    var client = new HashMap<String, Object>(configuration.kafka());
    client.put("bootstrap.servers", configuration.get(Catalogue.BOOTSTRAP_SERVERS));
    return client;
  }

  @Test
  void should_allow_a_collector_nothing_but_to_write_telemetry() {

    for (var who : List.of("collector", OTHER)) {
      for (Topic<?> topic :
          List.<Topic<?>>of(TOPICS.alerts(), TOPICS.control(), TOPICS.cohorts())) {
        assertThatThrownBy(() -> send(who, new ProducerRecord<>(topic.name(), "k", new byte[1])))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TopicAuthorizationException.class);
      }
      for (var topic : TOPICS.all()) {
        try (var consumer =
            new KafkaConsumer<>(
                client(who), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
          consumer.assign(List.of(new TopicPartition(topic.name(), 0)));
          assertThatThrownBy(
                  () -> {
                    consumer.seekToBeginning(consumer.assignment());
                    consumer.poll(Duration.ofSeconds(10));
                  })
              .isInstanceOf(TopicAuthorizationException.class);
        }
      }
    }
  }

  @Test
  void should_let_a_reader_keep_a_position_and_nobody_else() {
    var configuration =
        Configuration.load(Optional.of(directory.resolve("reader.yaml")), Map.of(), Map.of());
    var rounds = new AtomicInteger();
    try (var reader = Clusters.alertsReader(configuration, "it", Instant.EPOCH)) {
      assertThat(reader.resumed()).isFalse();
      reader.follow(() -> rounds.getAndIncrement() > 0, (_, _) -> {}, _ -> true);
    }
    try (var reader = Clusters.alertsReader(configuration, "it", Instant.EPOCH)) {
      assertThat(reader.resumed()).isTrue();
    }

    var ofDecider = runAs("alice", "alerts", "--follow", "--resume=it");

    assertThat(ofDecider.status()).isEqualTo(1);
    assertThat(ofDecider.err())
        .contains("User:alice lacks Read on ", "groups prefixed `halfsecond-alerts-`");
  }

  @Test
  void should_show_sessions_to_an_auditor_and_not_to_a_reader() {
    var ofAuditor = runAs("auditor", "sessions");
    var ofReader = runAs("reader", "sessions");

    assertThat(ofAuditor.err()).isEmpty();
    assertThat(ofAuditor.status()).isZero();
    assertThat(ofAuditor.out()).contains("connection");
    assertThat(ofReader.status()).isEqualTo(1);
    assertThat(ofReader.err()).contains("ssh.auth-timing");
    assertThat(runAs("auditor", "alerts").status()).isEqualTo(1);
  }

  @Test
  void should_name_rights_that_nobody_needs_and_leave_them() throws Exception {
    // Wished for once, then not any more.
    assertThat(topics("apply", "--acls", "--deciders=User:bob").out())
        .contains("+ User:bob: Write on topic `ssh.control`: missing; allow");

    var plan = topics("plan", ACLS);

    assertThat(plan.status()).isEqualTo(1);
    assertThat(plan.out())
        .contains("! User:bob: Write on topic `ssh.control`: allowed, and not needed here")
        .doesNotContain("missing");
    assertThat(topics("plan", "--acls").status()).isEqualTo(2);
    assertThat(topics("plan", "--collectors=User:x").err()).contains("principals go with --acls");
    for (var wrong : List.of("collector", "User:*", "User:web-*", "Group:x")) {
      assertThat(topics("plan", "--acls", "--collectors=" + wrong).err())
          .contains("'%s' is not a principal".formatted(wrong));
    }
    try (var admin = Clusters.admin(configuration("admin", Map.of()))) {
      admin
          .deleteAcls(
              List.of(
                  new AclBindingFilter(
                      ResourcePatternFilter.ANY,
                      new AccessControlEntryFilter(
                          "User:bob", null, AclOperation.ANY, AclPermissionType.ANY))))
          .all()
          .get();
    }
    assertThat(topics("plan", ACLS).status()).isZero();
  }

  @AfterAll
  void stop() throws Exception {
    for (var each : started.reversed()) {
      each.close();
    }
  }
}
