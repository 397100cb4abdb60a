package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The compose file, brought up by docker-compose: broker, topics and topology as containers. The
/// images of Prometheus and Alertmanager are in a registry, so Debian's programs run in their
/// place, with the very commands of the compose file. Grafana is left out. All ports are others
/// than the default ones, by the variables that the file has for them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComposeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PROJECT = "halfsecond-it";

  private final List<AutoCloseable> started = new ArrayList<>();
  private final int kafkaPort = Daemon.freePort();
  private final int topologyPort = Daemon.freePort();
  private final int pushPort = Daemon.freePort();
  private final int prometheusPort = Daemon.freePort();
  private final int alertmanagerPort = Daemon.freePort();
  private final PrometheusApi topology = new PrometheusApi(topologyPort);
  private final PrometheusApi push = new PrometheusApi(pushPort);
  private final PrometheusApi prometheus = new PrometheusApi(prometheusPort);
  private final PrometheusApi alertmanager = new PrometheusApi(alertmanagerPort);
  private final Map<String, String> variables = new HashMap<>();
  private Path directory;
  private DockerEngine engine;
  private String image;

  @BeforeAll
  void bring_up(@TempDir Path temporary) throws IOException {
    directory = temporary;
    engine = started(DockerEngine.findOrStart(directory));
    variables.putAll(engine.environment());
    variables.putAll(
        Map.of(
            "COMPOSE_PROJECT_NAME", PROJECT,
            "KAFKA_IMAGE", engine.buildImage("kafka"),
            "KAFKA_PORT", Integer.toString(kafkaPort),
            "KAFKA_CONTROLLER_PORT", Integer.toString(Daemon.freePort()),
            "TOPOLOGY_PORT", Integer.toString(topologyPort),
            "PUSH_PORT", Integer.toString(pushPort),
            "PROMETHEUS_PORT", Integer.toString(prometheusPort),
            "ALERTMANAGER_PORT", Integer.toString(alertmanagerPort)));
    image = engine.buildImage("halfsecond");
    variables.put("HALFSECOND_IMAGE", image);
    started.add(() -> compose("down", "--volumes"));
    compose("up", "--detach", "topology");
    assertThat(compose("ps", "--services", "--filter", "status=running")).doesNotContain("push");
    compose("--profile", "push", "up", "--detach", "push");

    JsonNode services = services();
    Path data = Files.createDirectory(directory.resolve("data"));
    start("prometheus", "prometheus", services.path("prometheus"), "/prometheus/", data);
    start("prometheus-alertmanager", "alertmanager", services.path("alertmanager"), "", data);
    for (PrometheusApi api : List.of(topology, prometheus, alertmanager, push)) {
      started(api);
      Awaitility.await().atMost(PATIENCE).until(api::ready);
    }
  }

  private <T extends AutoCloseable> T started(T what) {
    started.add(what);
    return what;
  }

  private String compose(String... arguments) {
    var result =
        Tool.require("docker-compose", "docker-compose")
            .run(Path.of("").toAbsolutePath(), variables, arguments);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /// As docker-compose understands them.
  private JsonNode services() {
    return Yaml.parse(compose("config")).path("services");
  }

  /// Runs what a container would run, with Debian's program and directories of this machine.
  private void start(String program, String name, JsonNode service, String written, Path data) {
    Tool tool = Tool.require(program, program);
    var command = new ArrayList<String>();
    for (JsonNode word : service.path("entrypoint")) {
      command.add(word.asText());
    }
    service.path("command").forEach(word -> command.add(word.asText()));
    List<String> here =
        command.stream()
            .map(word -> word.replace("$$", "$").replace("/bin/" + name, tool.file().toString()))
            .map(word -> word.replace("/etc/" + name, Path.of(name).toAbsolutePath().toString()))
            .map(
                word ->
                    written.isEmpty() ? word : word.replace(" > " + written, " > " + data + "/"))
            .map(word -> word.replace("=/" + name, "=" + data))
            .toList();
    boolean shell = here.getFirst().equals("/bin/sh");
    started(
        Daemon.start(
            directory.resolve(name + ".log"),
            shell ? new Tool(Path.of("/bin/sh")) : tool,
            shell ? here.subList(1, here.size()) : here));
  }

  @AfterAll
  void take_down() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_be_scraped_and_evaluated_and_know_whom_to_alert() {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(prometheus.query("up{job=\"halfsecond-topology\"} == 1")).hasSize(1);
              assertThat(prometheus.query("halfsecond_hosts")).hasSize(1);
              assertThat(
                      prometheus
                          .read("/api/v1/alertmanagers")
                          .at("/data/activeAlertmanagers/0/url")
                          .asText())
                  .contains("127.0.0.1:" + alertmanagerPort);
            });
    assertThat(prometheus.read("/api/v1/rules").at("/data/groups")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"topology", "push"})
  void should_be_healthy_by_the_images_own_check(String service) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                engine
                    .docker("inspect", "--format", "{{.State.Health.Status}}", container(service))
                    .output()
                    .strip()
                    .equals("healthy"));
  }

  private static String container(String service) {
    return "%s_%s_1".formatted(PROJECT, service);
  }

  @Test
  void should_push_to_the_alertmanager_of_the_file() {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(push.text("/metrics"))
                    .containsPattern(
                        "halfsecond_push_delivered_total\\{kind=\"alertmanager\",receiver=\"http://127.0.0.1:%d\"} [1-9]"
                            .formatted(alertmanagerPort)));
  }

  /// As the page about the compose file says.
  @Test
  void should_answer_questions_with_the_token_that_it_has_made() {
    var hosts =
        engine.docker(
            "exec", container("topology"), "/opt/halfsecond/bin/halfsecond", "hosts", "--json");

    assertThat(hosts.status()).as(hosts.output()).isZero();
    assertThat(hosts.output()).contains("\"incomplete\"");
    var token =
        engine.docker(
            "exec", container("topology"), "cat", "/var/lib/halfsecond/streams/api-token");
    assertThat(token.output().strip()).matches("[A-Za-z0-9_-]{43}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"topology", "push"})
  void should_run_as_a_user_without_rights(String service) {
    var result =
        engine.docker("exec", container(service), "grep", "-E", "^(Uid|CapEff)", "/proc/1/status");

    assertThat(result.output())
        .containsPattern("Uid:\\s+65532\\s+65532")
        .containsPattern("CapEff:\\s+0000000000000000");
  }

  /// The rights, namespaces and mounts of the chart's DaemonSet.
  @Test
  void should_measure_from_a_container_with_the_nodes_namespaces_and_one_capability() {
    int port = Daemon.freePort();
    var container =
        engine.docker(
            ("run --detach --rm --name halfsecond-it-collector --read-only --user 0:0 --pid host"
                    + " --network host --cap-drop ALL --cap-add NET_ADMIN --security-opt"
                    + " no-new-privileges --memory 256m --tmpfs /tmp --tmpfs"
                    + " /var/lib/halfsecond/collector:exec,mode=0700 --volume"
                    + " /etc/os-release:/etc/os-release:ro --volume /etc/passwd:/etc/passwd:ro"
                    + " --volume /var/log:/var/log:ro --env HALFSECOND_HOST=node-1 --env"
                    + " HALFSECOND_COLLECTOR_HTTP=127.0.0.1:"
                    + port
                    + " "
                    + image
                    + " collect --set collector.inventory=false --set collector.self-test=false"
                    + " --set collector.probe=false --set collector.log=off --set"
                    + " collector.heartbeat=1s --bootstrap-servers 127.0.0.1:"
                    + kafkaPort)
                .split(" "));
    assertThat(container.status()).as(container.output()).isZero();
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(topology.text("/metrics"))
                      .as(engine.docker("logs", "halfsecond-it-collector").output())
                      .contains(
                          "halfsecond_collector_heartbeat_timestamp_seconds{host=\"node-1\""));
      assertThat(engine.docker("logs", "halfsecond-it-collector").output())
          .contains("kernel source: process events")
          .doesNotContain("source kernel does not run");
    } finally {
      engine.docker("rm", "--force", "halfsecond-it-collector");
    }
  }
}
