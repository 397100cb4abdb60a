package io.halfsecond.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<String> notReady = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // set before each test
  private OpsServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        OpsServer.start(Endpoint.plain(ANY_PORT), registry, List::of, () -> List.copyOf(notReady));
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  @Test
  void should_serve_the_registry_in_prometheus_text_format() throws Exception {
    registry.counter("halfsecond.tests", "kind", "unit").increment(2);

    var response = get("/metrics", "text/plain");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(response.body()).contains("halfsecond_tests_total{kind=\"unit\"} 2.0");
  }

  @Test
  void should_speak_openmetrics_when_asked_to() throws Exception {
    registry.counter("halfsecond.tests").increment();

    var response = get("/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
    assertThat(response.body()).endsWith("# EOF\n");
  }

  @Test
  void should_give_the_reasons_while_not_ready() throws Exception {
    notReady.addAll(List.of("kernel source: lacks CAP_NET_ADMIN", "Kafka does not answer"));

    var response = get("/-/ready", "*/*");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .isEqualTo("kernel source: lacks CAP_NET_ADMIN\nKafka does not answer\n");
    assertThat(get("/-/healthy", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void should_say_ok_when_ready() throws Exception {
    var response = get("/-/ready", "*/*");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok\n");
  }

  @Test
  void should_serve_a_page_that_may_load_nothing_and_that_nobody_can_write_to() throws Exception {
    server.close();
    server =
        OpsServer.start(
            Endpoint.plain(ANY_PORT),
            registry,
            List::of,
            List::of,
            Optional.of(new FixedPage("<p>all</p>", "default-src 'none'")),
            Optional.empty());

    var page = get("/", "*/*");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEqualTo("<p>all</p>");
    assertThat(page.headers().map())
        .containsEntry("content-type", List.of("text/html; charset=utf-8"))
        .containsEntry("content-security-policy", List.of("default-src 'none'"))
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .containsEntry("cache-control", List.of("no-store"));
    assertThat(get("/?host=web-17", "*/*").statusCode()).isEqualTo(200);
    assertThat(get("/?host=web-18", "*/*").statusCode()).isEqualTo(404);
    assertThat(get("/?host=web%2D17", "*/*").statusCode()).isEqualTo(200);
    assertThat(get("/elsewhere", "*/*").statusCode()).isEqualTo(404);
    var post =
        HttpRequest.newBuilder(URI.create(server.url() + "/"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  @Test
  void should_know_only_its_own_paths_and_methods() throws Exception {
    assertThat(get("/", "*/*").statusCode()).isEqualTo(404);
    assertThat(get("/metrics/more", "*/*").statusCode()).isEqualTo(404);
    var post =
        HttpRequest.newBuilder(URI.create(server.url() + "/metrics"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  @Test
  void should_say_that_it_cannot_answer_when_a_part_of_it_fails() throws Exception {
    server.close();
    server =
        OpsServer.start(
            Endpoint.plain(ANY_PORT),
            registry,
            List::of,
            () -> {
              throw new IllegalStateException("a defect");
            });

    assertThat(get("/-/ready", "*/*").statusCode()).isEqualTo(500);
    assertThat(get("/metrics", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void should_name_the_address_when_it_is_taken() {
    assertThatThrownBy(
            () -> OpsServer.start(Endpoint.plain(server.address()), registry, List::of, List::of))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + server.address().getPort());
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(server.url() + path)).header("Accept", accept).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
