package io.halfsecond.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.deploy.ops.Daemon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients of each security protocol, at listeners of each.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstContactIT {
  private static final Map<String, String> PLAINTEXT = Map.of();
  private static final Map<String, String> TLS = Map.of("security.protocol", "SSL");
  private static final Map<String, String> TLS_USERS = users("SASL_SSL");
  private static final Map<String, String> USERS = users("SASL_PLAINTEXT");

  private EmbeddedBroker plain;
  private SecuredBroker secured;
  private Path stranger = Path.of("");
  private Path strangers = Path.of("");

  @BeforeAll
  void start(@TempDir Path plainData, @TempDir Path securedData) throws Exception {
    plain = EmbeddedBroker.start(plainData, Daemon.freePort());
    secured = SecuredBroker.start(securedData, List.of("admin"), List.of("web-17"));
    Certificates.in(securedData.resolve("others")).make("stranger", List.of("127.0.0.1"));
    stranger = securedData.resolve("others/stranger.p12");
    strangers = securedData.resolve("others/ca.pem");
  }

  private static Map<String, String> users(String protocol) {
    return Map.of(
        "security.protocol",
        protocol,
        "sasl.mechanism",
        "SCRAM-SHA-512",
        "sasl.jaas.config",
        SecuredBroker.jaas("admin"));
  }

  private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
    var all = new HashMap<>(settings);
    all.putAll(more);
    return all;
  }

  private Map<String, String> trusting(Map<String, String> settings) {
    return with(settings, secured.trust());
  }

  private Map<String, String> as(Path store) {
    return with(
        trusting(TLS),
        Map.of(
            "ssl.keystore.type",
            "PKCS12",
            "ssl.keystore.location",
            store.toString(),
            "ssl.keystore.password",
            Certificates.PASSWORD));
  }

  @AfterAll
  void stop() {
    secured.close();
    plain.close();
  }

  private Stream<Arguments> matching() {
    return Stream.of(
        server("plain", plain::bootstrapServers, PLAINTEXT),
        server("users", secured::plainWithUsers, USERS),
        server("TLS and users", secured::tlsWithUsers, trusting(TLS_USERS)),
        server("mutual TLS", secured::mutualTls, as(secured.certificates().store("web-17"))),
        server("the second of two", () -> closed() + "," + plain.bootstrapServers(), PLAINTEXT));
  }

  private static Arguments server(
      String name, Supplier<String> servers, Map<String, String> settings) {
    return Arguments.of(name, servers.get(), settings);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matching")
  void should_let_pass_when_client_and_listener_speak_alike(
      String name, String servers, Map<String, String> settings) {
    FirstContact.require(servers, settings);
    FirstContact.refuseMismatch(servers, settings);
  }

  private Stream<Arguments> mismatching() {
    return Stream.of(
        Arguments.of(
            secured.tlsWithUsers(), PLAINTEXT, "speaks TLS", "kafka.security.protocol to SSL"),
        Arguments.of(secured.mutualTls(), PLAINTEXT, "speaks TLS", "kafka.security.protocol"),
        Arguments.of(secured.tlsWithUsers(), USERS, "speaks TLS", "SASL_SSL"),
        Arguments.of(
            secured.plainWithUsers(), PLAINTEXT, "takes only users", "sasl.jaas.config-file"),
        Arguments.of(
            secured.plainWithUsers(),
            Map.of("security.protocol", "SASL_PLAINTEXT"),
            "takes SCRAM-SHA-512, and kafka.sasl.mechanism is GSSAPI",
            "set kafka.sasl.mechanism"),
        Arguments.of(
            secured.tlsWithUsers(), trusting(TLS), "takes only users who prove", "to SASL_SSL"),
        Arguments.of(
            secured.tlsWithUsers(),
            with(trusting(TLS_USERS), Map.of("sasl.mechanism", "SCRAM-512")),
            "takes SCRAM-SHA-512, and kafka.sasl.mechanism is SCRAM-512",
            "set kafka.sasl.mechanism"),
        Arguments.of(
            secured.mutualTls(),
            with(
                as(secured.certificates().store("web-17")),
                Map.of(
                    "security.protocol",
                    "SASL_SSL",
                    "sasl.mechanism",
                    "SCRAM-SHA-512",
                    "sasl.jaas.config",
                    SecuredBroker.jaas("admin"))),
            "knows no users",
            "to SSL"),
        Arguments.of(plain.bootstrapServers(), USERS, "knows no users", "to PLAINTEXT"),
        Arguments.of(plain.bootstrapServers(), TLS, "does not speak TLS", "to PLAINTEXT"),
        Arguments.of(
            plain.bootstrapServers(), TLS_USERS, "does not speak TLS", "to SASL_PLAINTEXT"));
  }

  @ParameterizedTest
  @MethodSource("mismatching")
  void should_name_address_reason_and_setting_when_they_speak_differently(
      String server, Map<String, String> settings, String why, String remedy) {
    for (var asked :
        List.<Runnable>of(
            () -> FirstContact.require(server, settings),
            () -> FirstContact.refuseMismatch(server, settings))) {
      assertThatThrownBy(asked::run)
          .isInstanceOf(FirstContact.UnusableException.class)
          .hasMessageContainingAll(server, why, remedy);
    }
  }

  private Stream<Arguments> untrusting() {
    return Stream.of(
        Arguments.of(
            "authority", secured.tlsWithUsers(), TLS_USERS, "authority that is not trusted"),
        Arguments.of(
            "other authority",
            secured.tlsWithUsers(),
            with(
                TLS_USERS,
                Map.of(
                    "ssl.truststore.type", "PEM", "ssl.truststore.location", strangers.toString())),
            "put the certificate of that authority into the file of kafka.ssl.truststore.location"),
        Arguments.of(
            "name",
            secured.tlsWithUsers().replace("127.0.0.1", "localhost"),
            trusting(TLS_USERS),
            "name the brokers in kafka.bootstrap.servers as their certificate does"),
        Arguments.of(
            "no certificate of its own", secured.mutualTls(), trusting(TLS), "kafka.ssl.keystore"),
        Arguments.of("a stranger's", secured.mutualTls(), as(stranger), "kafka.ssl.keystore"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("untrusting")
  void should_say_what_is_not_trusted_and_let_a_collector_start(
      String name, String server, Map<String, String> settings, String said) {
    assertThatThrownBy(() -> FirstContact.require(server, settings))
        .isInstanceOf(FirstContact.UnusableException.class)
        .hasMessageContainingAll(server, said);
    assertThat(FirstContact.refuseMismatch(server, settings))
        .hasValueSatisfying(why -> assertThat(why).contains(server, said));
  }

  @Test
  void should_say_so_when_a_certificate_is_not_valid_any_more(@TempDir Path directory)
      throws Exception {
    var certificates = Certificates.in(directory);
    certificates.make("expired", List.of("127.0.0.1"), Duration.ofHours(-1));
    try (var server = tlsServer(certificates.store("expired"))) {
      var answering =
          Thread.startVirtualThread(
              () -> {
                try (var client = server.accept()) {
                  var _ = client.getInputStream().read();
                } catch (IOException _) {
                  // The client does not trust it.
                }
              });
      var settings =
          Map.of(
              "security.protocol",
              "SSL",
              "ssl.truststore.type",
              "PEM",
              "ssl.truststore.location",
              certificates.authority().toString());

      assertThatThrownBy(() -> FirstContact.require("127.0.0.1:" + server.getLocalPort(), settings))
          .hasMessageContainingAll("not valid now", "renew the brokers' certificate");
      answering.join();
    }
  }

  private static ServerSocket tlsServer(Path store) throws Exception {
    var password = Certificates.PASSWORD.toCharArray();
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(store.toFile(), password), password);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
  }

  private Stream<Arguments> unusable() {
    return Stream.of(
        Arguments.of(Map.of("security.protocol", "TLS"), "security.protocol"),
        Arguments.of(
            with(USERS, Map.of("sasl.jaas.config", "ScramLoginModule required")),
            "kafka.sasl.jaas.config"),
        Arguments.of(
            Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512"),
            "kafka.sasl.jaas.config-file"),
        Arguments.of(
            with(TLS_USERS, Map.of("ssl.truststore.location", "/nowhere/ca.pem")),
            "/nowhere/ca.pem"),
        Arguments.of(
            with(as(stranger), Map.of("ssl.keystore.password", "another")), "kafka.ssl.keystore"));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void should_name_the_setting_that_cannot_be_used(Map<String, String> settings, String said) {
    var server =
        settings.getOrDefault("security.protocol", "").endsWith("SSL")
            ? secured.tlsWithUsers()
            : secured.plainWithUsers();

    assertThatThrownBy(() -> FirstContact.require(server, settings))
        .isInstanceOf(FirstContact.UnusableException.class)
        .hasMessageContaining(said);
  }

  @Test
  void should_name_every_server_when_none_can_be_reached() {
    var servers = closed() + ",no-such-host.invalid:9092";

    assertThatThrownBy(() -> FirstContact.require(servers, PLAINTEXT))
        .hasMessage(
            "no Kafka at 127.0.0.1:1: connection refused, no Kafka at no-such-host.invalid:9092:"
                + " the name is not known; start Kafka, or name another with --bootstrap-servers");
  }

  @Test
  void should_let_a_collector_start_when_no_server_can_be_reached() {
    assertThat(FirstContact.refuseMismatch(closed(), PLAINTEXT))
        .hasValueSatisfying(why -> assertThat(why).contains("connection refused"));
  }

  @Test
  void should_say_so_when_a_server_says_nothing() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var server = "127.0.0.1:" + silent.getLocalPort();

      assertThatThrownBy(() -> FirstContact.require(server, PLAINTEXT))
          .hasMessageContaining("no Kafka at %s: no answer for 5 s", server);
    }
  }

  @Test
  void should_say_so_when_it_is_no_kafka_at_all() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var server = "127.0.0.1:" + other.getLocalPort();
      var answering =
          Thread.startVirtualThread(
              () -> {
                try (var client = other.accept()) {
                  client
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });

      assertThatThrownBy(() -> FirstContact.require(server, PLAINTEXT))
          .hasMessageContaining("%s does not answer as Kafka does", server);
      answering.join();
    }
  }

  /// An address on which nobody listens: port 1 is reserved for a service that nobody runs.
  private static String closed() {
    return "127.0.0.1:1";
  }
}
