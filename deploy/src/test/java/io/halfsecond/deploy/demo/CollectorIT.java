package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.Topic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a real sshd does against what arrives on the topics: nothing missing, nothing doubled,
/// nothing misnamed.
class CollectorIT {
  private static final Duration LOGIN_GRACE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int AT_ONCE = 100;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @SuppressWarnings("NullAway.Init")
  private CollectorService collector;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.prepare(LOGIN_GRACE);
    sshd = bench.sshd();
    sshd.start(Map.of());
    collector = bench.collect(false, Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_tell_every_connection_once_with_its_outcome_when_clients_behave_in_every_way()
      throws Exception {
    var logins = new Logins(sshd);
    for (int i = 0; i < 3; i++) {
      assertThat(logins.attempt(Logins.Kind.GOOD_KEY)).isTrue();
      assertThat(logins.attempt(Logins.Kind.UNKNOWN_USER)).isTrue();
      assertThat(logins.attempt(Logins.Kind.BAD_KEY)).isTrue();
      connectAndClose();
      connectAndReset();
    }
    connectAndWait();

    awaitQuiet(16);
    assertThat(outcomes(Backend.TOPICS.authTiming(), AuthTiming::getId, AuthTiming::getOutcome))
        .isEqualTo(
            Map.of(
                Outcome.ACCEPTED,
                3,
                Outcome.FAILED,
                6,
                Outcome.NO_PREAUTH,
                6,
                Outcome.TIMED_OUT,
                1));
    assertThat(outcomes(Backend.TOPICS.sessionCpu(), SessionCpu::getId, SessionCpu::getOutcome))
        .isEqualTo(
            Map.of(
                Outcome.ACCEPTED,
                3,
                Outcome.FAILED,
                6,
                Outcome.NO_PREAUTH,
                6,
                Outcome.TIMED_OUT,
                1));
  }

  @Test
  void should_lose_nothing_when_a_hundred_clients_connect_at_once() throws Exception {
    // A grace time of three seconds is short when a hundred share two CPUs; what is asked is that
    // all are told.
    var logins = new Logins(sshd);
    var clients = new ArrayList<Process>();
    try {
      for (int i = 0; i < AT_ONCE; i++) {
        clients.add(logins.start(Logins.Kind.inRotation(i)));
      }
      for (var client : clients) {
        assertThat(client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      clients.forEach(client -> Commands.end(client.toHandle()));
    }

    awaitQuiet(AT_ONCE);
    var registry = collector.registry();
    // The host goes on while the meters are read one after the other; between two events they
    // agree.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              double read = sum(registry, "events.read");
              assertThat(read)
                  .isPositive()
                  .isEqualTo(
                      sum(registry, "events.assembled")
                          + sum(registry, "events.dropped")
                          + sum(registry, "events.in.flight"));
            });
    assertThat(sum(registry, "events.lost")).isZero();
    assertThat(read(Backend.TOPICS.authTiming()).stream().map(AuthTiming::getId))
        .hasSize(AT_ONCE)
        .doesNotHaveDuplicates();
    assertThat(read(Backend.TOPICS.sessionCpu()).stream().map(SessionCpu::getId))
        .hasSize(AT_ONCE)
        .doesNotHaveDuplicates();
    assertThat(read(Backend.TOPICS.authTiming())).allMatch(AuthTiming::getComplete);
  }

  /// Waits until so many connections have come and gone and Kafka has all that was said of them.
  private void awaitQuiet(int connections) {
    var registry = collector.registry();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(collector.collector().connections().closed()).isEqualTo(connections);
              assertThat(collector.collector().connections().open()).isZero();
              assertThat(sum(registry, "events.in.flight")).isZero();
              assertThat(sum(registry, "records.in.flight")).isZero();
            });
    assertThat(sum(registry, "connections.opened")).isEqualTo(connections);
    assertThat(sum(registry, "records.emitted")).isEqualTo(sum(registry, "records.acknowledged"));
  }

  private static double sum(MeterRegistry registry, String name) {
    var search = registry.find("halfsecond.collector." + name);
    return search.functionCounters().stream().mapToDouble(counter -> counter.count()).sum()
        + search.gauges().stream().mapToDouble(Gauge::value).sum();
  }

  private void connectAndClose() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), sshd.port())) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  private void connectAndReset() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), sshd.port())) {
      // With a linger time of zero, close sends a reset.
      socket.setSoLinger(true, 0);
    }
  }

  /// Says who it is, as every client does first, then nothing until sshd hangs up.
  private void connectAndWait() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), sshd.port())) {
      socket.setSoTimeout((int) LOGIN_GRACE.plusSeconds(20).toMillis());
      socket.getOutputStream().write("SSH-2.0-Waiting\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException _) {
      // sshd may reset instead of closing; it has hung up all the same.
    }
  }

  private <T extends SpecificRecordBase> Map<Outcome, Integer> outcomes(
      Topic<T> topic, Function<T, String> id, Function<T, Outcome> outcome) {
    var counts = new EnumMap<Outcome, Integer>(Outcome.class);
    var records = read(topic);
    assertThat(records.stream().map(id)).doesNotHaveDuplicates();
    records.forEach(record -> counts.merge(outcome.apply(record), 1, Integer::sum));
    return counts;
  }

  private <T> List<T> read(Topic<T> topic) {
    return bench.read(topic);
  }
}
