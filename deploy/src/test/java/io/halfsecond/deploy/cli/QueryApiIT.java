package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.halfsecond.deploy.api.OpenApi;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The query API of two real instances on a real broker, asked by the commands and by hand. A part
/// of the fleet got another liblzma.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HOSTS = 20;
  private static final int CHANGED = 4;
  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// A topology that runs.
  private record Instance(Path config, int port, Stop stop, CompletableFuture<Ran> running) {}

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Instance> instances = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before the tests
  private EmbeddedBroker broker;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Path directory;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    this.directory = directory;
    broker = EmbeddedBroker.start(directory.resolve("broker"));
    var first = config("a");
    assertThat(Ran.of(first, "topics", "apply").status()).isZero();
    instances.add(started(first));
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("token")));
    instances.add(started(config("b")));
    var written =
        Ran.of(
            first,
            "simulate",
            "--hosts=" + HOSTS,
            "--cohorts=1",
            "--rate=1",
            "--regime=quiet",
            "--from=2h",
            "--inject=slow-library:hosts=%d,at=+1h,delay=300ms".formatted(CHANGED));
    assertThat(written.status()).as(written.err()).isZero();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(ownHosts(0) + ownHosts(1)).isEqualTo(HOSTS);
            });
    // The last record of each host is its goodbye.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(JSON.readTree(command("hosts", "--json").out()).path("result"))
                    .hasSize(HOSTS)
                    .allMatch(host -> host.path("stopped").asBoolean()));
  }

  @AfterAll
  void stop() throws Exception {
    instances.forEach(instance -> instance.stop.request());
    for (var instance : instances) {
      assertThat(instance.running.get().status()).as(instance.running.get().err()).isZero();
    }
    client.close();
    broker.close();
  }

  @Test
  void should_answer_for_hosts_of_all_instances() throws Exception {
    var hosts = command("hosts", "--json");
    assertThat(hosts.status()).as(hosts.err()).isZero();
    var names = new HashSet<String>();
    JSON.readTree(hosts.out())
        .path("result")
        .forEach(host -> names.add(host.path("host").asText()));
    assertThat(names).hasSize(HOSTS);
    // An instance renews every few seconds what it shows of its hosts.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Ran.of(instances.getLast().config, "hosts", "--json").out())
                    .isEqualTo(command("hosts", "--json").out()));
    for (var name : names) {
      var baselines = Ran.of(instances.getLast().config, "baselines", name);
      assertThat(command("baselines", name).out()).isEqualTo(baselines.out());
      assertThat(baselines.status()).as(baselines.err()).isZero();
      assertThat(baselines.out()).contains("SIGNAL", "startup ", "cpu-startup ", "probe-banner ");
    }
    assertThat(get(1, "/hosts/no-such-host", token()).statusCode()).isEqualTo(404);
    for (var path : List.of("/hosts/no+such%20host", "/hosts/no%2Bsuch%20host")) {
      assertThat(JSON.readTree(get(1, path, token()).body()).path("detail").asText())
          .isEqualTo("no host is named no+such host");
    }
    assertThat(command("baselines", "no+such host").err())
        .contains("no host is named no+such host");
    assertThat(command("baselines", "no-such-host").err())
        .contains("halfsecond baselines: no host is named no-such-host");
  }

  @Test
  void should_say_on_the_page_that_another_instance_has_other_hosts() throws Exception {
    var page =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:%d/".formatted(instances.getFirst().port)))
                .build(),
            BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains(" of this instance")
        .containsPattern("this one has [123] of 4 partitions")
        .contains("<a href=\"http://127.0.0.1:%d/\">".formatted(instances.getLast().port));

    // and: leads to the instance that has a host
    var host = JSON.readTree(command("hosts", "--json").out()).path("result").get(0).path("host");
    var leading = new HashSet<Integer>();
    for (var instance : instances) {
      var uri = URI.create("http://127.0.0.1:%d/?host=%s".formatted(instance.port, host.asText()));
      var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      if (answer.statusCode() == 302) {
        uri = URI.create(answer.headers().firstValue("Location").orElseThrow());
        answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      }
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("Halfsecond: " + host.asText());
      leading.add(uri.getPort());
    }
    assertThat(leading).as("one has it").hasSize(1);
  }

  @Test
  void should_say_which_hosts_have_a_library_and_since_when() throws Exception {
    var where = command("where", "liblzma.so.5", "--version=5.6*");
    assertThat(where.status()).as(where.err()).isZero();
    assertThat(where.out().lines())
        .contains("Found on %d of %d hosts.".formatted(CHANGED, HOSTS))
        .anySatisfy(line -> assertThat(line).matches("in memory  4 hosts  liblzma 5\\.6\\.1-1 .*"));
    assertThat(where.out().lines().filter(line -> line.startsWith("sim-")))
        .hasSize(CHANGED)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches("sim-\\d+ +in memory of listener, monitor .* since 20\\d\\d-.*"));

    // and: what they had before
    var before = command("where", "liblzma", "--version=5.4.*", "--json");
    var found = JSON.readTree(before.out()).path("result").path("found");
    assertThat(found.valueStream())
        .hasSize(HOSTS)
        .filteredOn(each -> each.path("presence").asText().equals("had"))
        .hasSize(CHANGED)
        .allSatisfy(each -> assertThat(each.path("until").asText()).startsWith("20"));
  }

  @Test
  void should_mark_what_an_advisory_names() throws Exception {
    var osv = osv("Debian:12");
    var where = command("where", "--osv", osv.toString(), "--summary");
    assertThat(where.status()).as("an advisory is about files that hosts have").isEqualTo(1);
    assertThat(where.out()).contains("Found on 4 of 20 hosts.", "CVE-2024-3094 affected");

    var sbom = command("where", "--sbom", "--osv", osv.toString());
    assertThat(sbom.status()).as(sbom.err()).isZero();
    assertThat(JSON.readTree(sbom.out()).path("components").valueStream())
        .filteredOn(component -> component.path("properties").toString().contains("CVE-2024-3094"))
        .hasSize(1);

    // and: none that is about another release
    var other = command("where", "--osv", osv("Debian:13").toString(), "--summary");
    assertThat(other.status()).as(other.err()).isZero();
    assertThat(other.out()).contains("No file is found; 20 hosts are known.");
  }

  private Path osv(String ecosystem) throws IOException {
    return Files.writeString(
        directory.resolve("osv.json"),
        """
        {"id": "CVE-2024-3094", "modified": "2024-04-12T00:00:00Z", "affected": [{
          "package": {"ecosystem": "%s", "name": "liblzma"},
          "ranges": [{"type": "ECOSYSTEM", "events": [
            {"introduced": "5.5.1alpha-0.1"}, {"fixed": "5.6.1+really5.4.5-1"}]}]}]}
        """
            .formatted(ecosystem));
  }

  @Test
  void should_tell_a_rollout_that_is_slower_from_what_is_not() throws Exception {
    var slower = command("gate", "--object=liblzma", "--signals=startup,cpu-startup,probe-banner");
    assertThat(slower.status()).as(slower.out() + slower.err()).isEqualTo(1);
    assertThat(slower.out().lines().findFirst())
        .hasValueSatisfying(
            line -> assertThat(line).matches("Slower: .* by \\+.* on 4 of 4 hosts .*sim-.*"));
    assertThat(slower.out()).contains("4 hosts have the change, 4 measured.");

    var same =
        command("gate", "--object=liblzma", "--signals=preauth,cpu-preauth", "--within=200ms");
    assertThat(same.status()).as(same.out() + same.err()).isZero();
    assertThat(same.out()).startsWith("No slower than 200 ms (confidence 99 %).");

    var unknown = command("gate", "--kernel=any", "--json");
    assertThat(unknown.status()).isEqualTo(3);
    assertThat(JSON.readTree(unknown.out()).path("result").path("verdict").asText())
        .isEqualTo("not_known_yet");
    assertThat(command("gate", "--kernel=any", "--sshd-config=any").status()).isEqualTo(2);
    assertThat(command("gate", "--kernel=any", "--signals=faults").err())
        .contains("no time is measured under the name faults; there are startup, ");
    assertThat(command("gate", "--kernel=any", "--within=5").status()).isEqualTo(2);
  }

  @Test
  void should_answer_for_each_host_where_there_is_one_instance_that_says_no_address()
      throws Exception {
    var config = config("single", false);
    Files.writeString(config, "stream.application-id: single\n", StandardOpenOption.APPEND);
    var single = started(config);
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                var baselines = Ran.of(config, "baselines", "sim-0001");
                assertThat(baselines.status()).as(baselines.err()).isZero();
                assertThat(baselines.out()).contains("startup ");
              });
      assertThat(Ran.of(config, "baselines", "no-such-host").err()).contains("no host is named");
    } finally {
      single.stop.request();
      assertThat(single.running.get().status()).isZero();
    }
  }

  @Test
  void should_not_be_held_up_by_a_pattern_of_many_stars() throws Exception {
    var stars = "*".repeat(60) + "x";
    var found = get(0, "/where?object=liblzma&version=" + stars, token());
    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(found.body()).path("result").path("found")).isEmpty();
  }

  @Test
  void should_not_call_hosts_safe_of_which_there_is_no_evidence() throws Exception {
    var named = Files.writeString(directory.resolve("canaries.txt"), "# canaries\nno-such-host\n");
    var answer = command("gate", "--hosts=" + named);
    assertThat(answer.status()).isEqualTo(3);
    assertThat(answer.out()).contains("No evidence of no-such-host");
  }

  @Test
  void should_refuse_who_has_no_token() throws Exception {
    var wrong = get(0, "/hosts", "wrong");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"halfsecond\", error=\"invalid_token\"");
    var nobody =
        client.send(HttpRequest.newBuilder(uri(0, "/hosts")).build(), BodyHandlers.ofString());
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"halfsecond\"");
    for (var refusal : List.of(wrong, nobody)) {
      assertThat(refusal.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
      assertThat(JSON.readTree(refusal.body()).path("status").asInt()).isEqualTo(401);
      assertThat(JSON.readTree(refusal.body()).path("detail").asText())
          .contains("token", "api.token-file");
    }
    var head =
        client.send(
            HttpRequest.newBuilder(uri(0, "/hosts")).HEAD().build(), BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(401);
    var post =
        client.send(
            authorised(uri(0, "/hosts"), token())
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(get(0, "/where?objekt=x", token()).body())
        .contains("no parameter is named 'objekt'");
    assertThat(get(0, "/where?sha256=xyz", token()).statusCode()).isEqualTo(400);
  }

  @Test
  void should_answer_as_the_openapi_document_says() throws Exception {
    var document = JSON.readTree(OpenApi.document());
    assertThat(JSON.readTree(get(0, "/openapi.json", token()).body())).isEqualTo(document);
    var host = command("hosts", "--json");
    var name = JSON.readTree(host.out()).path("result").path(0).path("host").asText();
    for (var path : document.path("paths").properties()) {
      var query = path.getKey().equals("/gate") ? "?object=liblzma" : "";
      var response = get(0, path.getKey().replace("{host}", name) + query, token());
      assertThat(response.statusCode()).as(path.getKey()).isEqualTo(200);
      assertThat(problems(document, path.getValue(), JSON.readTree(response.body())))
          .as(path.getKey() + ": " + response.body())
          .isEmpty();
    }
  }

  private static List<String> problems(JsonNode document, JsonNode path, JsonNode answer) {
    var schema = JSON.createObjectNode();
    schema.setAll((ObjectNode) path.at("/get/responses/200/content/application~1json/schema"));
    schema.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(answer)
        .stream()
        .map(Object::toString)
        .toList();
  }

  /// Hosts that the instance itself has; -1 while it starts.
  private int ownHosts(int instance) throws IOException, InterruptedException {
    try {
      var response =
          client.send(
              authorised(uri(instance, "/hosts"), token())
                  .header("Halfsecond-Forwarded", "true")
                  .build(),
              BodyHandlers.ofString());
      return response.statusCode() == 200
          ? JSON.readTree(response.body()).path("result").size()
          : -1;
    } catch (ConnectException _) {
      return -1;
    }
  }

  private HttpResponse<String> get(int instance, String path, String token)
      throws IOException, InterruptedException {
    return client.send(authorised(uri(instance, path), token).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder authorised(URI uri, String token) {
    return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
  }

  private URI uri(int instance, String path) {
    return URI.create("http://127.0.0.1:%d/api/v1%s".formatted(instances.get(instance).port, path));
  }

  private String token() throws IOException {
    return Files.readString(directory.resolve("token")).strip();
  }

  /// Asks the first instance.
  private Ran command(String... command) {
    return Ran.of(instances.getFirst().config, command);
  }

  private Path config(String name) throws IOException {
    return config(name, true);
  }

  /// @param advertised whether the instance says where it can be asked, as one of several must
  private Path config(String name, boolean advertised) throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var lines =
        List.of(
            "kafka.bootstrap.servers: " + broker.bootstrapServers(),
            "topics.partitions: " + PARTITIONS,
            "topics.replication-factor: 1",
            "collector.heartbeat: 1m",
            "stream.http: 127.0.0.1:" + port,
            "stream.advertised-http: 127.0.0.1:" + port,
            "stream.state-directory: " + directory.resolve("state-" + name),
            "stream.commit-interval: 100ms",
            "api.url: http://127.0.0.1:" + port,
            "api.token-file: " + directory.resolve("token"));
    return Files.write(
        directory.resolve(name + ".yaml"),
        lines.stream()
            .filter(line -> advertised || !line.startsWith("stream.advertised-http: "))
            .toList());
  }

  private static Instance started(Path config) throws IOException {
    var stop = new Stop();
    int port =
        Files.readAllLines(config).stream()
            .filter(line -> line.startsWith("stream.http: "))
            .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)))
            .findFirst()
            .orElseThrow();
    return new Instance(
        config,
        port,
        stop,
        CompletableFuture.supplyAsync(
            () -> Ran.of(stop, "stream", "--config", config.toString()),
            // The common pool may have a single thread.
            task -> Thread.ofPlatform().start(task)));
  }
}
