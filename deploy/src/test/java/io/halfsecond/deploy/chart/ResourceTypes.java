package io.halfsecond.deploy.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The types of all resources of the chart, as Kubernetes, Prometheus Operator and Strimzi publish
/// them. They keep unknown fields aside; here these are errors, as they are for an API server that
/// is asked strictly.
final class ResourceTypes {
  private static final Map<String, Class<?>> TYPES =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1/DaemonSet", DaemonSet.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("batch/v1/Job", Job.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
          Map.entry("kafka.strimzi.io/v1/Kafka", Kafka.class),
          Map.entry("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
          Map.entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
          Map.entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class));

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated field) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private ResourceTypes() {}

  static String type(JsonNode manifest) {
    return manifest.path("apiVersion").asText() + "/" + manifest.path("kind").asText();
  }

  /// What is wrong with each manifest: fields that its type lacks, values of another type, and
  /// values that its type forgets, such as an unknown constant.
  static List<String> problems(List<JsonNode> manifests) {
    return manifests.stream().flatMap(manifest -> problem(manifest).stream()).toList();
  }

  private static Optional<String> problem(JsonNode manifest) {
    var name =
        manifest.path("kind").asText() + " " + manifest.path("metadata").path("name").asText();
    var type = Optional.ofNullable(TYPES.get(type(manifest)));
    if (type.isEmpty()) {
      return Optional.of(name + ": no type is known for " + type(manifest));
    }
    try {
      JsonNode kept = STRICT.valueToTree(STRICT.treeToValue(manifest, type.get()));
      return lost(manifest, kept, "")
          // Found by it; Strimzi's types write the version that is stored.
          .filter(path -> !path.equals("/apiVersion"))
          .findFirst()
          .map(path -> name + ": " + path + " is not kept");
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.of(name + ": " + e.getMessage());
    }
  }

  /// Paths of what stands in one tree and not in the other. Empty lists and objects may be left
  /// out.
  private static Stream<String> lost(JsonNode given, JsonNode kept, String path) {
    return switch (given) {
      case ObjectNode object ->
          object
              .propertyStream()
              .flatMap(
                  entry ->
                      lost(
                          entry.getValue(),
                          kept.path(entry.getKey()),
                          path + "/" + entry.getKey()));
      case ArrayNode array ->
          Stream.iterate(0, i -> i < array.size(), i -> i + 1)
              .flatMap(i -> lost(array.get(i), kept.path(i), path + "/" + i));
      default -> given.asText().equals(kept.asText()) ? Stream.empty() : Stream.of(path);
    };
  }
}
