package io.halfsecond.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What Helm makes of the chart, for several files of values, is valid by the published schemas.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartIT {
  private Helm helm;

  @BeforeAll
  void find_helm() throws IOException {
    helm = Helm.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"least", "external-scram", "external-mtls", "strimzi-tls", "everything"})
  void should_be_what_kubernetes_prometheus_operator_and_strimzi_take(String values)
      throws IOException {
    List<JsonNode> manifests = helm.manifests(values);

    assertThat(manifests).hasSizeGreaterThan(4);
    assertThat(ResourceTypes.problems(manifests)).isEmpty();
    assertThat(helm.problems(manifests.stream().filter(ChartIT::isNotOfStrimzi).toList()))
        .isEmpty();
    assertThat(References.problems(manifests)).isEmpty();
  }

  private static boolean isNotOfStrimzi(JsonNode manifest) {
    return !manifest.path("apiVersion").asText().startsWith("kafka.strimzi.io/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"least", "everything"})
  void should_be_a_chart_that_helm_does_not_complain_of(String values) {
    var result = helm.run("lint", "--strict", "--values", ChartValues.file(values).toString(), ".");

    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).doesNotContain("[WARNING]", "[ERROR]");
  }

  /// That the checks of this test can fail.
  @ParameterizedTest
  @CsvSource({
    "StatefulSet, /spec/template/spec/containers/0, livenessprobe, x",
    "StatefulSet, /spec/template/spec/containers/0/securityContext, runAsNonroot, x",
    "DaemonSet, /spec/template/spec, hostPid, x",
    "Deployment, /spec/strategy, kind, x",
    "NetworkPolicy, /spec, policyType, x",
    "PodDisruptionBudget, /spec, minUnavailable, x",
    "PodMonitor, /spec/podMetricsEndpoints/0, honourLabels, x",
    "PrometheusRule, /spec/groups/0/rules/0, annotation, x",
    "Kafka, /spec/kafka, storage_class, x",
    "KafkaNodePool, /spec/storage, sizes, x",
    "KafkaTopic, /spec, partition, x",
    "KafkaUser, /spec/authorization/acls/0, operation_, x",
    "KafkaUser, /spec/authorization/acls/0/resource, patternType, suffix",
    "StatefulSet, /spec, replicas, x"
  })
  void should_not_pass_with_a_field_that_does_not_exist(
      String kind, String parent, String field, String value) throws IOException {
    assertThat(ResourceTypes.problems(List.of(changed(kind, parent, field, value)))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "StatefulSet, /spec/template/spec/containers/0/ports/0, containerPort, x",
    "DaemonSet, /spec/template/spec, restartPolicy, Sometimes",
    "PodMonitor, /spec/podMetricsEndpoints/0, interval, soon",
    "PrometheusRule, /spec/groups/0/rules/0, for, later"
  })
  void should_not_pass_with_a_value_that_is_not_allowed(
      String kind, String parent, String field, String value) throws IOException {
    assertThat(helm.problems(List.of(changed(kind, parent, field, value))))
        .contains(kind)
        .contains(field);
  }

  private JsonNode changed(String kind, String parent, String field, String value)
      throws IOException {
    JsonNode manifest =
        helm.manifests("everything").stream()
            .filter(each -> each.path("kind").asText().equals(kind))
            .findFirst()
            .orElseThrow()
            .deepCopy();
    ((ObjectNode) manifest.at(parent)).set(field, TextNode.valueOf(value));
    return manifest;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka: {}",
        "{kafka: {bootstrapServers: 'k:9092'}, topolgy: {}}",
        "{kafka: {bootstrapServers: 'k:9092', caSecrets: x}}",
        "{kafka: {bootstrapServers: 'no port'}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {collector: {log: off}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {collector: {http: '0.0.0.0:1'}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {stream: {thread: 2}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {stream: {authentication: off}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {collector: {heartbeat: 10}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, topology: {resources: {limits: {memory: 2GB}}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, collector: {capabilities: [SYS_ADMIN]}}",
        "{kafka: {bootstrapServers: 'k:9092'}, topics: {manager: strimzi}}",
        "{kafka: {bootstrapServers: 'k:9092'}, strimzi: {users: {enabled: true}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, push: {enabled: true}}",
        "{kafka: {bootstrapServers: 'k:9092'}, push: {webhook: {url: x}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, config: {push: {alertmanager: 'am:9093'}}}",
        "{kafka: {bootstrapServers: 'k:9092'}, schemaRegistry: {userSecret: x}}"
      })
  void should_refuse_values_that_are_misspelt_or_do_not_fit(String values, @TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("values.yaml"), values);

    assertThatThrownBy(() -> helm.template(directory.resolve("output"), file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Error:");
  }

  /// The rules and dashboards lie outside of the chart's directory, behind symbolic links.
  @Test
  void should_be_whole_as_a_package(@TempDir Path directory) throws IOException {
    var packed = helm.run("package", "--destination", directory.toString(), ".");
    assertThat(packed.status()).as(packed.output()).isZero();
    Path chart = directory.resolve("halfsecond-" + ChartValues.version() + ".tgz");

    assertThat(helm.template(chart, directory.resolve("output"), ChartValues.file("everything")))
        .containsExactlyInAnyOrderElementsOf(helm.manifests("everything"));
  }

  @Test
  void should_say_what_to_do_next_as_the_values_are() {
    var least = notes("least");
    var everything = notes("everything");

    assertThat(least)
        .contains("job hs-halfsecond-topics-", "enforce=privileged", "127.0.0.1:9155")
        .contains("prometheusRule.enabled=true", "push.enabled=true")
        .doesNotContain("-push", "apiTokenSecret");
    assertThat(everything)
        .contains("deployment/hs-halfsecond-push")
        .doesNotContain("topics-", "127.0.0.1", "prometheusRule.enabled", "apiTokenSecret");
  }

  private String notes(String values) {
    var result =
        helm.run(
            "install",
            "hs",
            ".",
            "--dry-run=client",
            "--values",
            ChartValues.file(values).toString());
    assertThat(result.status()).as(result.output()).isZero();
    return result.output().substring(result.output().indexOf("\nNOTES:"));
  }

  /// Without one token, and addresses of their own, none could answer for another.
  @Test
  void should_let_instances_answer_for_one_another() throws IOException {
    JsonNode topology = one("StatefulSet", "hs-halfsecond-topology");
    JsonNode pod = topology.at("/spec/template/spec");

    assertThat(pod.at("/containers/0/env").valueStream())
        .anySatisfy(
            variable -> {
              assertThat(variable.path("name").asText())
                  .isEqualTo("HALFSECOND_STREAM_ADVERTISED_HTTP");
              assertThat(variable.path("value").asText())
                  .isEqualTo(
                      "$(HALFSECOND_STREAM_INSTANCE).%s.default.svc:9156"
                          .formatted(
                              one("Service", "hs-halfsecond-topology")
                                  .at("/metadata/name")
                                  .asText()));
            });
    assertThat(topology.at("/spec/serviceName").asText()).isEqualTo("hs-halfsecond-topology");
    assertThat(pod.path("volumes").toString())
        .contains(
            "{\"name\":\"api\",\"secret\":{\"secretName\":\"api-token\",\"defaultMode\":256}}");
    JsonNode policy = one("NetworkPolicy", "hs-halfsecond").path("spec");
    JsonNode instances = topology.at("/spec/selector/matchLabels");
    assertThat(policy.at("/ingress/0/from/0/podSelector/matchLabels")).isEqualTo(instances);
    assertThat(policy.at("/ingress/0/from").toString()).contains("monitoring", "rollouts");
    assertThat(policy.path("egress").valueStream())
        .anyMatch(rule -> rule.at("/to/0/podSelector/matchLabels").equals(instances));
  }

  @Test
  void should_let_push_reach_its_receivers_and_nothing_else() throws IOException {
    var policy = one("NetworkPolicy", "hs-halfsecond-push").path("spec");

    assertThat(
            policy
                .path("egress")
                .valueStream()
                .flatMap(rule -> rule.path("ports").valueStream())
                .map(port -> port.path("port").asInt()))
        // names; Kafka; the registry; two Alertmanagers; the webhook
        .containsExactly(53, 53, 9092, 9093, 9094, 443, 443, 9093, 443, 8443);
    assertThat(policy.path("ingress").toString()).contains("monitoring").doesNotContain("rollouts");
    assertThat(one("Deployment", "hs-halfsecond-push").at("/spec/strategy/type").asText())
        .as("two at a time would send each step twice")
        .isEqualTo("Recreate");
  }

  @Test
  void should_have_no_push_unless_it_is_asked_for() throws IOException {
    assertThat(helm.manifests("least").toString()).doesNotContain("push");
  }

  private JsonNode one(String kind, String name) throws IOException {
    return helm.manifests("everything").stream()
        .filter(
            manifest ->
                manifest.path("kind").asText().equals(kind)
                    && manifest.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// Pod Security Standards, "restricted".
  @ParameterizedTest
  @ValueSource(strings = {"least", "external-scram", "everything"})
  void should_run_everything_but_the_collector_as_restricted_pods(String values)
      throws IOException {
    Stream<JsonNode> pods =
        helm.manifests(values).stream()
            .filter(manifest -> !manifest.path("kind").asText().equals("DaemonSet"))
            .map(manifest -> manifest.at("/spec/template/spec"))
            .filter(JsonNode::isObject);

    assertThat(pods)
        .isNotEmpty()
        .allSatisfy(
            pod -> {
              assertThat(pod.path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
              assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                  .isEqualTo("RuntimeDefault");
              assertThat(pod.has("hostNetwork") || pod.has("hostPID")).isFalse();
              assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
              assertThat(pod.path("volumes").valueStream())
                  .noneMatch(volume -> volume.has("hostPath"));
              JsonNode container = pod.path("containers").path(0).path("securityContext");
              assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
              assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
              assertThat(container.path("capabilities").toString())
                  .isEqualTo("{\"drop\":[\"ALL\"]}");
            });
  }

  @ParameterizedTest
  @CsvSource({"least, '[\"NET_ADMIN\"]'", "everything, '[\"NET_ADMIN\",\"SYS_PTRACE\"]'"})
  void should_give_the_collector_the_nodes_namespaces_and_nothing_to_write_but_its_state(
      String values, String capabilities) throws IOException {
    JsonNode pod =
        helm.manifests(values).stream()
            .filter(manifest -> manifest.path("kind").asText().equals("DaemonSet"))
            .findFirst()
            .orElseThrow()
            .at("/spec/template/spec");
    JsonNode container = pod.path("containers").path(0);

    assertThat(pod.path("hostNetwork").asBoolean() && pod.path("hostPID").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/capabilities/add").toString())
        .isEqualTo(capabilities);
    assertThat(container.at("/securityContext/privileged").isMissingNode()).isTrue();
    assertThat(
            container
                .path("volumeMounts")
                .valueStream()
                .filter(mount -> !mount.path("readOnly").asBoolean())
                .map(mount -> mount.path("name").asText()))
        .containsExactlyInAnyOrder("tmp", "state");
    assertThat(container.path("env").toString())
        .contains(
            "\"name\":\"HALFSECOND_HOST\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"spec.nodeName\"}}");
  }
}
