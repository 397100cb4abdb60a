package io.halfsecond.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.deploy.ops.Daemon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
  private static final Map<String, String> TLS_USERS =
      Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512");
  private static final Map<String, String> USERS =
      Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512");

  private EmbeddedBroker plain;
  private SecuredBroker secured;

  @BeforeAll
  void start(@TempDir Path plainData, @TempDir Path securedData) throws Exception {
    plain = EmbeddedBroker.start(plainData, Daemon.freePort());
    secured = SecuredBroker.start(securedData, List.of("admin"), List.of());
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
        server("TLS and users", secured::tlsWithUsers, TLS_USERS),
        server("mutual TLS", secured::mutualTls, TLS),
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
    FirstContact.refuseMismatch(closed(), PLAINTEXT);
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
