package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.halfsecond.deploy.alerts.AlertWriter;
import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.faults.Program;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `halfsecond push` as a process, with a real broker, a real Alertmanager and a webhook that does
/// not always answer.
class PushIT {
  private static final Topics TOPICS = Topics.of("pushed.", 1);
  private static final byte[] KEY =
      "a key of thirty-two bytes, or so".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory = Path.of("");
  private final List<AutoCloseable> started = new ArrayList<>();
  private final int alertmanagerPort = Daemon.freePort();
  private final PrometheusApi alertmanager = new PrometheusApi(alertmanagerPort);
  private final Webhook webhook = new Webhook();
  private String bootstrapServers = "";

  @SuppressWarnings("NullAway.Init") // set before each test
  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    started.add(alertmanager);
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    started.add(broker);
    bootstrapServers = broker.bootstrapServers();
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_show_one_alert_for_an_incident_and_clear_it_when_that_is_over() {
    startAlertmanager();
    var push = push("push.alertmanager=http://127.0.0.1:" + alertmanagerPort).start();
    var host = confirmed(Given.startup("0a".repeat(16)));
    var other = confirmed(Given.startup("0b".repeat(16)).setHost("web-18"));
    var incident = incident("0c", "0a", "0b");

    write(host, incident, other);

    awaitShown(push, "HalfsecondIncident 0c0c0c0c");
    var shown = alertmanager.read("/api/v2/alerts").get(0);
    assertThat(shown.path("labels").path("severity").asText()).isEqualTo("page");
    assertThat(shown.path("labels").path("cohort").asText()).isEqualTo("debian-12-x86_64");
    assertThat(shown.path("annotations").path("summary").asText()).isEqualTo(incident.getSummary());
    assertThat(shown.path("startsAt").asText()).startsWith("2026-03-29T11:59:30");

    // The hosts end first, and the incident with the last of them.
    write(over(host), over(other), over(incident));

    awaitShown(push);
    assertThat(push.metric("halfsecond_push_delivered_total")).isGreaterThanOrEqualTo(2);
    assertThat(push.metric("halfsecond_push_failed_total")).isZero();
  }

  @Test
  void should_make_good_what_alertmanager_and_it_have_missed() {
    var push = push("push.alertmanager=http://127.0.0.1:" + alertmanagerPort);
    var first = startAlertmanager();
    push.start();
    write(incident("1a"), incident("1b"));
    awaitShown(push, "HalfsecondIncident 1a1a1a1a", "HalfsecondIncident 1b1b1b1b");
    push.await("it is ready", push::ready);

    // Alertmanager is away, then nobody is there to push.
    first.close();
    write(incident("1c"));
    push.await("it says so", () -> push.said().contains("does not take alerts"));
    push.await("it is not ready", () -> !push.ready());
    push.kill();
    write(over(incident("1a")), incident("1d"));
    startAlertmanager();
    push.start();

    awaitShown(
        push,
        "HalfsecondIncident 1b1b1b1b",
        "HalfsecondIncident 1c1c1c1c",
        "HalfsecondIncident 1d1d1d1d");
    push.await("it is ready", push::ready);
  }

  @Test
  void should_tell_two_alertmanagers_at_one_port_apart() {
    var prefixed = new PrometheusApi(alertmanagerPort, "/one");
    started.add(prefixed);
    startAlertmanager(prefixed, "--web.route-prefix=/one");
    var at = "http://127.0.0.1:%d/".formatted(alertmanagerPort);
    var push = push("push.alertmanager=%sone/,%stwo".formatted(at, at)).start();

    push.await(
        "one has taken a round of nothing, and the other has not",
        () -> delivered(push, at + "one") > 0 && failed(push, at + "two") > 0);

    write(incident("2a"));
    push.await(
        "it is shown", () -> prefixed.read("/api/v2/alerts").toString().contains("2a2a2a2a"));
    assertThat(failed(push, at + "one")).isZero();
    assertThat(delivered(push, at + "two")).isZero();
    assertThat(ofReceiver(push, "halfsecond_push_behind_seconds", at + "one")).isZero();
    assertThat(push.said())
        .contains(at + "two does not take alerts")
        .doesNotContain(at + "one does");
    assertThat(push.ready()).isFalse();
  }

  private static double delivered(Program push, String receiver) {
    return ofReceiver(push, "halfsecond_push_delivered_total", receiver);
  }

  private static double failed(Program push, String receiver) {
    return ofReceiver(push, "halfsecond_push_failed_total", receiver);
  }

  private static double ofReceiver(Program push, String metric, String receiver) {
    return push.metric("%s{kind=\"alertmanager\",receiver=\"%s\"}".formatted(metric, receiver));
  }

  @Test
  void should_say_that_it_reads_no_alerts_while_kafka_is_away() {
    startAlertmanager();
    var push = push("push.alertmanager=http://127.0.0.1:" + alertmanagerPort).start();
    push.await("it is ready", push::ready);
    assertThat(push.metric("halfsecond_push_reading")).isEqualTo(1);

    started.remove(broker);
    broker.close();

    push.await("it reads nothing", () -> push.metric("halfsecond_push_reading") == 0);
    push.await("it is not ready", () -> !push.ready());
    assertThat(push.said()).contains("alertmanager: Kafka is out of reach");
    assertThat(push.metric("halfsecond_push_failed_total")).isZero();
  }

  @Test
  void should_post_each_step_signed_until_the_webhook_has_it() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/", webhook::take);
    server.start();
    started.add(() -> server.stop(0));
    var push =
        push(
            "push.webhook-url-file="
                + secret(
                    "url", "http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort())),
            "push.webhook-key-file="
                + secret("key", "whsec_" + Base64.getEncoder().encodeToString(KEY)),
            "push.webhook-template-file="
                + Files.writeString(
                    directory.resolve("template"), "{\"text\": \"{{title}}\", \"by\": \"x\"}"));

    // What was there before the first start is not news.
    write(titled("20", "before"));
    push.start();
    push.await("it is ready", push::ready);
    webhook.answers(500, 429, 200);
    write(titled("21", "first \"quoted\""));
    awaitPosted(push, "21-0");
    assertThat(webhook.posts).extracting(Post::status).containsExactly(500, 429, 200);
    assertThat(webhook.posts).extracting(Post::id).containsOnly(id("21") + "-0");
    assertThat(webhook.posts.getLast().text()).isEqualTo("first \"quoted\"");

    // What a receiver refuses for its content is given up; what an incident covers is not sent.
    webhook.answers(400);
    write(titled("22", "refused"), covered("23"), titled("24", "taken"));
    awaitPosted(push, "24-0");
    assertThat(push.metric("halfsecond_push_given_up_total")).isEqualTo(1);

    // Nothing is lost with the process that is killed while the receiver is away.
    webhook.usual = 503;
    write(titled("25", "waits"), titled("26", "waits too"));
    push.await(
        "it is refused",
        () -> webhook.posts.stream().filter(post -> post.status() == 503).count() >= 2);
    assertThat(push.metric("halfsecond_push_behind_seconds")).isPositive();
    push.kill();
    write(titled("27", "comes meanwhile"));
    webhook.usual = 204;
    push.start();

    awaitPosted(push, "25-0", "26-0", "27-0");
    push.await("it has delivered all", () -> push.metric("halfsecond_push_behind_seconds") == 0);
    assertThat(webhook.taken().filter(post -> !post.id().startsWith(id("24"))))
        .extracting(Post::id)
        .containsExactlyInAnyOrder(
            id("21") + "-0", id("25") + "-0", id("26") + "-0", id("27") + "-0");
    assertThat(webhook.posts).allMatch(Post::rightlySigned);
  }

  private Daemon startAlertmanager() {
    return startAlertmanager(alertmanager);
  }

  private Daemon startAlertmanager(PrometheusApi api, String... options) {
    var daemon =
        AlertingStack.alertmanager(
            directory, Path.of("alertmanager/alertmanager.yml"), alertmanagerPort, api, options);
    started.add(daemon);
    return daemon;
  }

  private Program push(String... settings) {
    var http = "127.0.0.1:" + Daemon.freePort();
    var push =
        Program.halfsecond(
            List.of(),
            directory.resolve("push.log"),
            http,
            Stream.concat(
                    Stream.of("push", "--bootstrap-servers=" + bootstrapServers),
                    Stream.concat(
                            Stream.of(
                                "topics.prefix=pushed.",
                                "push.http=" + http,
                                "push.alertmanager-interval=2s"),
                            Arrays.stream(settings))
                        .map(setting -> "--set=" + setting))
                .toList());
    started.add(push);
    return push;
  }

  private String secret(String name, String content) throws IOException {
    var file = directory.resolve(name);
    SecretFile.create(file, content.getBytes(StandardCharsets.UTF_8));
    return file.toString();
  }

  private void write(Alert... alerts) {
    AlertWriter.write(bootstrapServers, TOPICS, List.of(alerts));
  }

  private static String id(String digits) {
    return digits.repeat(16);
  }

  private static Alert confirmed(Alert.Builder alert) {
    return alert.setState(AlertState.CONFIRMED).setConfirmed(true).build();
  }

  /// @param members first digits of the ids of their alerts
  private static Alert incident(String digits, String... members) {
    var hosts = new HashMap<String, List<String>>();
    for (int i = 0; i < members.length; i++) {
      hosts.put("web-%d".formatted(17 + i), List.of(id(members[i])));
    }
    return confirmed(Given.incident(id(digits), hosts).setSubject("startup/" + digits));
  }

  private static Alert over(Alert alert) {
    return Alert.newBuilder(alert)
        .setState(AlertState.RESOLVED)
        .setRevision(alert.getRevision() + 1)
        .build();
  }

  private static Alert titled(String digits, String title) {
    return Given.startup(id(digits)).setTitle(title).build();
  }

  private static Alert covered(String digits) {
    return Given.startup(id(digits)).setCovered(true).build();
  }

  /// Waits until Alertmanager shows these and no other.
  private void awaitShown(Program push, String... alerts) {
    push.await(
        String.join(", ", alerts),
        () ->
            alertmanager
                .read("/api/v2/alerts")
                .valueStream()
                .map(alert -> alert.path("labels"))
                .map(labels -> labels.path("alertname").asText() + " " + labels.path("id").asText())
                .sorted()
                .toList()
                .equals(List.of(alerts)));
  }

  private void awaitPosted(Program push, String... steps) {
    for (var step : steps) {
      var id = id(step.substring(0, 2)) + step.substring(2);
      push.await(id, () -> webhook.taken().anyMatch(post -> post.id().equals(id)));
    }
  }

  private record Post(String id, int status, String text, boolean rightlySigned) {}

  /// A receiver as Standard Webhooks describes it.
  private static final class Webhook {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final Queue<Integer> next = new ConcurrentLinkedQueue<>();
    private volatile int usual = 204;

    private void answers(Integer... statuses) {
      next.addAll(List.of(statuses));
    }

    private Stream<Post> taken() {
      return posts.stream().filter(post -> post.status() < 300);
    }

    private void take(HttpExchange exchange) throws IOException {
      try (exchange) {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var id = exchange.getRequestHeaders().getFirst("webhook-id");
        var timestamp = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        int status = Optional.ofNullable(next.poll()).orElse(usual);
        posts.add(
            new Post(
                id,
                status,
                text(body),
                exchange
                    .getRequestHeaders()
                    .getFirst("webhook-signature")
                    .equals(signature(id + "." + timestamp + "." + body))));
        if (status == 429) {
          exchange.getResponseHeaders().set("Retry-After", "1");
        }
        exchange.sendResponseHeaders(status, -1);
      }
    }

    private static String text(String body) throws JsonProcessingException {
      return JSON.readTree(body).path("text").asText();
    }

    private static String signature(String signed) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        return "v1,"
            + Base64.getEncoder()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
