package io.halfsecond.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.broker.AclPlan;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.Key;
import io.halfsecond.deploy.ops.Tool;
import io.halfsecond.deploy.push.PushSettings;
import io.halfsecond.deploy.service.PushConfiguration;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the chart repeats of the program cannot differ from it: topics, rights, settings, rules and
/// dashboards.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartTablesIT {
  private static final Path DASHBOARDS =
      Path.of("../grafana/src/main/resources/io/halfsecond/grafana/dashboards");

  private Helm helm;
  @TempDir private Path directory;

  @BeforeAll
  void find_helm() throws IOException {
    helm = Helm.get();
  }

  private static List<JsonNode> of(String kind, List<JsonNode> manifests) {
    return manifests.stream()
        .filter(manifest -> manifest.path("kind").asText().equals(kind))
        .toList();
  }

  @Test
  void should_ask_strimzi_for_the_topics_that_topics_apply_makes() throws IOException {
    Stream<TopicPlan.Step> asked =
        of("KafkaTopic", helm.manifests("everything")).stream()
            .map(manifest -> manifest.path("spec"))
            .map(
                topic ->
                    new TopicPlan.Create(
                        topic.path("topicName").asText(),
                        topic.path("partitions").asInt(),
                        (short) topic.path("replicas").asInt(-1),
                        topic
                            .path("config")
                            .propertyStream()
                            .collect(
                                Collectors.toMap(Map.Entry::getKey, e -> text(e.getValue())))));

    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(
            TopicPlan.between(
                    Topics.of("prod.", 24).withAlertsJson(),
                    3,
                    new TopicPlan.Cluster(Map.of(), Optional.empty()))
                .steps());
  }

  /// Numbers must be text: Helm writes 31536000000 as 3.1536e+10.
  private static String text(JsonNode value) {
    assertThat(value.isTextual()).as(value.toString()).isTrue();
    return value.asText();
  }

  @ParameterizedTest
  @CsvSource({"everything, prod., prod, true", "strimzi-tls, Ssh_2., second, false"})
  void should_give_each_user_of_strimzi_the_rights_of_its_role(
      String values, String prefix, String applicationId, boolean json) throws IOException {
    var topics = Topics.of(prefix, 1);
    List<JsonNode> users = of("KafkaUser", helm.manifests(values));
    var names = new EnumMap<ClusterRole, Set<String>>(ClusterRole.class);
    for (ClusterRole role : ClusterRole.values()) {
      names.put(
          role,
          users.stream()
              .filter(user -> role.name().equalsIgnoreCase(component(user)))
              .map(ChartTablesIT::principal)
              .collect(Collectors.toSet()));
    }

    assertThat(users.stream().flatMap(ChartTablesIT::rights))
        .containsExactlyInAnyOrderElementsOf(
            AclPlan.wished(json ? topics.withAlertsJson() : topics, prefix, applicationId, names));
    assertThat(names.get(ClusterRole.TOPOLOGY)).containsExactly("User:hs-halfsecond-topology");
    assertThat(names.get(ClusterRole.COLLECTOR)).containsExactly("User:hs-halfsecond-collector");
  }

  private static String component(JsonNode manifest) {
    return manifest.path("metadata").path("labels").path("app.kubernetes.io/component").asText();
  }

  private static String principal(JsonNode user) {
    return "User:" + user.path("metadata").path("name").asText();
  }

  private static Stream<AclBinding> rights(JsonNode user) {
    return user.at("/spec/authorization/acls")
        .valueStream()
        .flatMap(
            acl ->
                acl.path("operations")
                    .valueStream()
                    .map(
                        operation ->
                            new AclBinding(
                                pattern(acl.path("resource")),
                                new AccessControlEntry(
                                    principal(user),
                                    "*",
                                    AclOperation.valueOf(
                                        operation
                                            .asText()
                                            .replaceAll("(?<=.)([A-Z])", "_$1")
                                            .toUpperCase(Locale.ROOT)),
                                    AclPermissionType.ALLOW))));
  }

  private static ResourcePattern pattern(JsonNode resource) {
    return new ResourcePattern(
        switch (resource.path("type").asText()) {
          case "topic" -> ResourceType.TOPIC;
          case "group" -> ResourceType.GROUP;
          case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
          default -> throw new AssertionError(resource);
        },
        resource.path("name").asText(),
        resource.path("patternType").asText().equals("prefix")
            ? PatternType.PREFIXED
            : PatternType.LITERAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"least", "external-scram", "external-mtls", "strimzi-tls", "everything"})
  void should_write_settings_that_the_program_takes(String values) throws IOException {
    var secrets = Files.createTempDirectory(directory, "secrets");
    for (String secret : List.of("sasl.jaas.config", "user.password")) {
      Files.setPosixFilePermissions(
          Files.writeString(Files.createDirectories(secrets.resolve("kafka")).resolve(secret), "x"),
          PosixFilePermissions.fromString("rw-------"));
    }

    for (JsonNode manifest : of("ConfigMap", helm.manifests(values))) {
      if (manifest.path("data").has("halfsecond.yaml")) {
        Path file =
            Files.writeString(
                secrets.resolve("halfsecond.yaml"),
                manifest
                    .path("data")
                    .path("halfsecond.yaml")
                    .asText()
                    .replace("/run/secrets/halfsecond", secrets.toString()));
        assertThat(Configuration.load(Optional.of(file), Map.of(), Map.of())).isNotNull();
      }
    }
  }

  /// With the very files of the Secrets.
  @ParameterizedTest
  @CsvSource({"external-scram, 1, false", "external-mtls, 0, true", "everything, 2, true"})
  void should_give_push_its_receivers(String values, int alertmanagers, boolean webhook)
      throws Exception {
    var secrets = Files.createTempDirectory(directory, "push");
    var content =
        Map.of(
            "kafka/sasl.jaas.config", "x",
            "kafka/user.password", "x",
            "alertmanager/alertmanager.credentials", "push:secret",
            "webhook/webhook.url", "https://hooks.example/secret",
            "webhook/webhook.credentials", "push:secret",
            "webhook/webhook.key", "whsec_" + Base64.getEncoder().encodeToString(new byte[32]),
            "receivers/ca.crt", authority());
    for (var file : content.entrySet()) {
      var path = secrets.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.setPosixFilePermissions(
          Files.writeString(path, file.getValue()), PosixFilePermissions.fromString("rw-------"));
    }
    var data =
        of("ConfigMap", helm.manifests(values)).stream()
            .filter(manifest -> component(manifest).equals("push"))
            .findFirst()
            .orElseThrow()
            .path("data");
    for (var file : data.properties()) {
      Files.writeString(
          secrets.resolve(file.getKey()),
          file.getValue()
              .asText()
              .replace("/run/secrets/halfsecond", secrets.toString())
              .replace("/etc/halfsecond", secrets.toString()));
    }

    var settings =
        PushConfiguration.of(
            Configuration.load(
                Optional.of(secrets.resolve("halfsecond.yaml")), Map.of(), Map.of()));

    assertThat(settings.alertmanagers().map(each -> each.urls().size()).orElse(0))
        .isEqualTo(alertmanagers);
    assertThat(settings.webhook()).matches(each -> each.isPresent() == webhook);
    boolean all = values.equals("everything");
    assertThat(settings.tls()).matches(each -> each.isPresent() == all);
    assertThat(settings.webhook().flatMap(PushSettings.Webhook::signature))
        .matches(each -> each.isPresent() == all);
    assertThat(settings.webhook().flatMap(PushSettings.Webhook::template))
        .matches(each -> each.isPresent() == all);
  }

  /// Any certificate in PEM.
  private static String authority() throws Exception {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    var authorities = ((X509TrustManager) trust.getTrustManagers()[0]).getAcceptedIssuers();
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(authorities[0].getEncoded()));
  }

  @Test
  void should_write_every_value_as_it_was_given() throws IOException {
    var configuration =
        Helm.read(
                of("ConfigMap", helm.manifests("external-scram")).stream()
                    .filter(manifest -> component(manifest).equals("collector"))
                    .findFirst()
                    .orElseThrow()
                    .path("data")
                    .path("halfsecond.yaml")
                    .asText())
            .getFirst();

    assertThat(configuration.path("kafka").path("connections.max.idle.ms").asText())
        .isEqualTo("31536000000");
    assertThat(configuration.path("collector").path("log").asText()).isEqualTo("off");
    assertThat(configuration.path("topics").path("partitions").asText()).isEqualTo("24");
  }

  /// Those that the chart sets cannot be set by values.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topics    | ''",
        "stream    |"
            + " state-directory,http,http-config-file,advertised-http,instance,authentication-secrets-file",
        "collector |"
            + " state-directory,http,http-config-file,authentication-key-file,pseudonym-key-file,inventory,self-test",
        "metrics   | ''",
        "push      |"
            + " http,http-config-file,alertmanager-credentials-file,webhook-url-file,webhook-key-file,webhook-credentials-file,webhook-template-file,ca-file",
        "detector  | ''"
      })
  void should_take_every_setting_of_the_program(String section, String set) throws IOException {
    var chartSets = Set.of(set.split(","));
    JsonNode schema =
        new ObjectMapper().readTree(Helm.CHART.resolve("values.schema.json").toFile());

    assertThat(
            schema
                .path("properties")
                .path("config")
                .path("properties")
                .path(section)
                .path("properties")
                .propertyStream()
                .map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(
            Catalogue.all().stream()
                .map(Key::name)
                .filter(name -> name.startsWith(section + "."))
                .map(name -> name.substring(section.length() + 1))
                .filter(name -> !chartSets.contains(name))
                .toList());
  }

  @Test
  void should_hand_prometheus_the_rules_with_its_settings_and_grafana_the_dashboards_as_they_are()
      throws IOException {
    List<JsonNode> manifests = helm.manifests("everything");

    var rules =
        new Tool(Path.of("prometheus/render").toAbsolutePath())
            .run(
                Path.of("."),
                Map.of(),
                "runbooks=https://wiki.example/halfsecond#",
                "silentHosts=10",
                "selector=cluster=\"a\"");
    assertThat(of("PrometheusRule", manifests).getFirst().path("spec"))
        .isEqualTo(Helm.read(rules.output()).getFirst());
    List<Map.Entry<String, JsonNode>> dashboards =
        of("ConfigMap", manifests).stream()
            .filter(manifest -> component(manifest).equals("dashboards"))
            .flatMap(manifest -> manifest.path("data").propertyStream())
            .toList();
    assertThat(dashboards).hasSize(3);
    for (var dashboard : dashboards) {
      var file = dashboard.getKey().replace("halfsecond-", "");
      assertThat(new ObjectMapper().readTree(dashboard.getValue().asText()))
          .isEqualTo(new ObjectMapper().readTree(DASHBOARDS.resolve(file).toFile()));
    }
  }

  /// The job's name is part of rules.
  @Test
  void should_give_topology_and_push_the_jobs_that_the_rules_ask_for() throws IOException {
    var rules = Files.readString(Path.of("prometheus/rules/halfsecond.yml"));
    var monitors = of("PodMonitor", helm.manifests("everything")).toString();
    for (var job : List.of("halfsecond-topology", "halfsecond-push")) {
      assertThat(rules).contains("job=\"%s\"".formatted(job));
      assertThat(monitors)
          .contains("\"targetLabel\":\"job\",\"replacement\":\"%s\"".formatted(job));
    }
  }

  @Test
  void should_have_the_version_that_is_built_here() throws IOException {
    JsonNode chart = Helm.read(Files.readString(Helm.CHART.resolve("Chart.yaml"))).getFirst();

    assertThat(chart.path("appVersion").asText()).isEqualTo(ChartValues.version());
    assertThat(chart.path("version").asText()).isEqualTo(ChartValues.version());
  }
}
