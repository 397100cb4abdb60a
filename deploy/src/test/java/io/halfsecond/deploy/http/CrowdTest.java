package io.halfsecond.deploy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A scrape beside a thousand clients that keep their connections.
class CrowdTest {
  private static final int CLIENTS = 1_000;

  /// Together longer than the buffers of a socket.
  private static final int SERIES = 8_000;

  private static final String PADDING = "x".repeat(800);

  private static final int PATIENCE_MILLIS = 5_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<Socket> crowd = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private OpsServer server;

  @BeforeEach
  void start() throws IOException {
    for (int n = 0; n < SERIES; n++) {
      registry.counter("halfsecond.tests", "n", n + PADDING).increment();
    }
    server =
        OpsServer.start(
            Endpoint.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            registry,
            List::of,
            List::of);
  }

  @AfterEach
  void stop() throws IOException {
    for (var client : crowd) {
      client.close();
    }
    server.close();
  }

  /// Silent, slow in the request line, slow in a header, without a Host, a body that does not come,
  /// an answer that is not read, one that is not read after another request, and no HTTP.
  private static final List<String> SENT =
      List.of(
          "",
          "G",
          "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ",
          "GET /metrics HTTP/1.0\r\n",
          "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
          "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
          "\u0016\u0003\u0001");

  @Test
  void should_answer_a_scrape_and_the_liveness_probe_beside_a_crowd() throws IOException {
    for (int n = 0; n < CLIENTS; n++) {
      var client = new Socket();
      crowd.add(client);
      client.connect(server.address(), PATIENCE_MILLIS);
      try {
        client.getOutputStream().write(SENT.get(n % SENT.size()).getBytes(US_ASCII));
      } catch (IOException _) {
        // It has made room already.
      }
    }

    // Until the rush is over.
    int attempts = 0;
    while (!get("/-/healthy").endsWith("ok\n") && attempts++ < 20) {}
    assertThat(get("/-/healthy")).endsWith("ok\n");
    assertThat(get("/metrics")).contains("halfsecond_tests_total{n=\"7999x");
    // It also ends beside them.
    server.close();
  }

  @Test
  void should_refuse_what_is_too_long() {
    assertThat(answer("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .doesNotContain("200");
    assertThat(
            answer(
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(1_000) + "\r\n"))
        .doesNotContain("200");
  }

  @Test
  void should_refuse_the_name_of_another_host() {
    for (var path : List.of("/metrics", "/-/healthy", "/-/ready", "/", "/elsewhere")) {
      assertThat(answer("GET " + path + " HTTP/1.1\r\nHost: rebind.example\r\n\r\n"))
          .startsWith("HTTP/1.1 421 ");
    }
  }

  @Test
  void should_interrupt_who_is_inside_longest_when_one_more_comes() throws Exception {
    var now = new AtomicLong();
    var turnstile = new Turnstile(2, Duration.ofSeconds(30), now::get);
    var ends = new ArrayList<Thread>();
    for (int n = 0; n < 3; n++) {
      ends.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      turnstile.pass(CrowdTest::stay);
                    } catch (IOException _) {
                      // Interrupted.
                    }
                  }));
      // The next one comes when this one is inside, or the first one has left.
      while (turnstile.inside() < Math.min(n + 1, 2) && ends.getFirst().isAlive()) {
        Thread.onSpinWait();
      }
      now.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    ends.getFirst().join();

    assertThat(ends.get(1).isAlive()).isTrue();
    assertThat(ends.get(2).isAlive()).isTrue();
    turnstile.interruptOverdue();
    assertThat(turnstile.inside()).isEqualTo(2);
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    turnstile.interruptOverdue();
    ends.get(1).join();
    ends.get(2).join();
    assertThatThrownBy(
            () ->
                turnstile.pass(
                    () -> {
                      throw new IOException("left");
                    }))
        .hasMessage("left");
  }

  private static void stay() throws IOException {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private String get(String path) {
    return answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  /// What comes until the server closes the connection; empty if it resets it.
  private String answer(String request) {
    try (var client = new Socket()) {
      client.connect(server.address(), PATIENCE_MILLIS);
      client.setSoTimeout(PATIENCE_MILLIS);
      client.getOutputStream().write(request.getBytes(US_ASCII));
      client.shutdownOutput();
      return new String(client.getInputStream().readAllBytes(), US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }
}
