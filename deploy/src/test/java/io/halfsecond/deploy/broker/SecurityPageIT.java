package io.halfsecond.deploy.broker;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.ops.Tool;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands and settings of docs/security.md, as they stand there, with a real broker.
class SecurityPageIT {
  private static final Path PAGE = Path.of("../docs/security.md");
  private static final String TOPIC = Topics.defaults().authTiming().name();
  private static final String AUTHORITY = " -passout pass:of-the-authority";

  @TempDir private Path directory = Path.of("");

  @Test
  void should_let_a_user_and_a_certificate_in_when_they_are_made_as_the_page_says()
      throws Exception {
    // given
    sh(block("sh", "-subj /CN=halfsecond-authority") + AUTHORITY);
    for (var name : List.of("localhost", "web-17")) {
      sh(
          block("sh", "name=web-17")
                  .replace("name=web-17", "name=" + name)
                  .replace("DNS:$name", "DNS:$name,IP:127.0.0.1")
              + AUTHORITY.replace("-passout", "-passin"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name + ".pem"))))
          .isEqualTo("rw-------");
    }

    try (var broker =
        SecuredBroker.start(
            file("broker"), List.of(SecuredBroker.ADMIN), List.of(), this::useCertificates)) {
      var user = broker.tlsWithUsers().replace("127.0.0.1", "localhost");
      var certificate = broker.mutualTls().replace("127.0.0.1", "localhost");
      var admin = userSettings("admin", SecuredBroker.jaas(SecuredBroker.ADMIN), user);

      // when
      var properties = new Properties();
      properties.putAll(admin);
      try (var out = Files.newBufferedWriter(file("admin.properties"))) {
        properties.store(out, null);
      }
      sh(block("sh", "--add-config-file").replace("kafka-1:9094", user));
      var password =
          Files.readString(file("collector.scram")).strip().replaceAll(".*password=", "");
      var asUser =
          userSettings(
              "collector",
              "org.apache.kafka.common.security.scram.ScramLoginModule required"
                  + " username=\"collector\" password=\"%s\";".formatted(password),
              user);
      var asHost = settings("host", block("yaml", "ssl.keystore.location"), certificate);

      // then
      try (var client = Admin.create(admin)) {
        client.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        for (var settings : List.of(asUser, asHost)) {
          assertThatThrownBy(() -> write(settings))
              .isInstanceOf(ExecutionException.class)
              .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
        client
            .createAcls(List.of(mayWrite("User:collector"), mayWrite("User:CN=web-17")))
            .all()
            .get();
      }
      write(asUser);
      write(asHost);
    }
  }

  /// A block of code of the page.
  ///
  /// @param having what no other block of the language has
  private static String block(String language, String having) throws IOException {
    var found = new ArrayList<String>();
    Parser.builder()
        .build()
        .parse(Files.readString(PAGE))
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(FencedCodeBlock block) {
                if (block.getInfo().equals(language) && block.getLiteral().contains(having)) {
                  found.add(block.getLiteral().strip());
                }
              }
            });
    assertThat(found).as("%s with %s", language, having).hasSize(1);
    return found.getFirst();
  }

  private void sh(String commands) throws IOException {
    var bin = Files.createDirectories(file("bin"));
    var kafkaConfigs = bin.resolve("kafka-configs.sh");
    if (!Files.exists(kafkaConfigs)) {
      Files.writeString(
          kafkaConfigs,
          "#!/bin/sh\nexec '%s' -cp '%s' kafka.admin.ConfigCommand \"$@\"\n"
              .formatted(
                  Path.of(System.getProperty("java.home"), "bin", "java"),
                  System.getProperty("java.class.path")));
      Files.setPosixFilePermissions(kafkaConfigs, PosixFilePermissions.fromString("rwx------"));
    }
    Tool.require("openssl", "openssl");
    var result =
        Tool.require("sh", "dash")
            .run(directory, Map.of("PATH", bin + ":" + System.getenv("PATH")), "-ec", commands);
    assertThat(result.status()).as(commands + "\n" + result.output()).isZero();
  }

  /// Gives a broker the certificates of the page instead of those of the other tests.
  private void useCertificates(Properties broker) {
    var documented = new Properties();
    try {
      documented.load(new StringReader(block("properties", "ssl.keystore.location")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    documented.stringPropertyNames().stream()
        .filter(key -> key.startsWith("ssl."))
        .forEach(
            key ->
                broker.put(
                    key,
                    documented
                        .getProperty(key)
                        .replace("/etc/kafka/kafka-1.pem", file("localhost.pem").toString())
                        .replace("/etc/kafka/", directory + "/")));
    broker.remove("ssl.keystore.password");
    broker.put("super.users", "User:admin;User:CN=localhost;User:ANONYMOUS");
  }

  private Map<String, Object> userSettings(String name, String jaas, String bootstrap)
      throws IOException {
    var file = Files.writeString(file(name + ".conf"), jaas);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return settings(
        name,
        block("yaml", "sasl.mechanism").replace("/etc/halfsecond/jaas.conf", file.toString()),
        bootstrap);
  }

  private Map<String, Object> settings(String name, String yaml, String bootstrap)
      throws IOException {
    var file =
        Files.writeString(
            file(name + ".yaml"),
            yaml.lines()
                .map(line -> line.replaceAll("kafka-1:\\d+", bootstrap))
                .map(line -> line.replace("/etc/halfsecond/", directory + "/"))
                .collect(joining("\n")));
    var configuration = Configuration.load(Optional.of(file), Map.of(), Map.of());
    var settings = new HashMap<String, Object>(configuration.kafka());
    settings.put("bootstrap.servers", configuration.get(Catalogue.BOOTSTRAP_SERVERS));
    return settings;
  }

  private static void write(Map<String, Object> settings) throws Exception {
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "web-17", "text")).get();
    }
  }

  private static AclBinding mayWrite(String principal) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, TOPIC, PatternType.LITERAL),
        new AccessControlEntry(principal, "*", AclOperation.WRITE, AclPermissionType.ALLOW));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }
}
