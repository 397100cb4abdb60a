package io.halfsecond.deploy.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What manifests say about each other and about themselves: mounts have volumes, configuration
/// that is named exists, every selector finds a pod, probes name a port.
final class References {
  private References() {}

  static List<String> problems(List<JsonNode> manifests) {
    var problems = new ArrayList<String>();
    List<JsonNode> workloads =
        manifests.stream().filter(each -> each.at("/spec/template/spec").isObject()).toList();
    Set<String> made = manifests.stream().map(References::name).collect(Collectors.toSet());
    if (made.size() < manifests.size()) {
      problems.add("two manifests have the same kind and name");
    }
    workloads.forEach(workload -> ofPod(workload, made).forEach(problems::add));
    manifests.stream()
        .flatMap(
            manifest -> selectors(manifest).map(selector -> Map.entry(name(manifest), selector)))
        .filter(
            selector ->
                workloads.stream()
                    .noneMatch(
                        workload ->
                            selects(
                                selector.getValue(),
                                workload.at("/spec/template/metadata/labels"))))
        .forEach(selector -> problems.add(selector.getKey() + ": selects no pod"));
    return problems;
  }

  private static String name(JsonNode manifest) {
    return manifest.path("kind").asText() + "/" + manifest.at("/metadata/name").asText();
  }

  private static Stream<String> ofPod(JsonNode workload, Set<String> made) {
    JsonNode pod = workload.at("/spec/template/spec");
    JsonNode container = pod.path("containers").path(0);
    Set<String> volumes =
        Stream.concat(
                pod.path("volumes").valueStream().map(volume -> volume.path("name")),
                workload
                    .at("/spec/volumeClaimTemplates")
                    .valueStream()
                    .map(claim -> claim.at("/metadata/name")))
            .map(JsonNode::asText)
            .collect(Collectors.toSet());
    Set<String> mounts =
        container
            .path("volumeMounts")
            .valueStream()
            .map(mount -> mount.path("name").asText())
            .collect(Collectors.toSet());
    Set<String> ports =
        container
            .path("ports")
            .valueStream()
            .flatMap(port -> Stream.of(port.path("name"), port.path("containerPort")))
            .map(JsonNode::asText)
            .collect(Collectors.toSet());
    Stream<String> configuration =
        pod.path("volumes")
            .valueStream()
            .map(volume -> volume.at("/configMap/name").asText())
            .filter(config -> !config.isEmpty() && !made.contains("ConfigMap/" + config))
            .map(config -> "no ConfigMap " + config);
    Stream<String> account =
        made.contains("ServiceAccount/" + pod.path("serviceAccountName").asText())
            ? Stream.empty()
            : Stream.of("no ServiceAccount");
    Stream<String> probes =
        Stream.of("startupProbe", "livenessProbe", "readinessProbe")
            .map(probe -> container.path(probe).at("/httpGet/port").asText())
            .filter(port -> !port.isEmpty() && !ports.contains(port))
            .map(port -> "no port " + port);
    Stream<String> volume =
        volumes.equals(mounts)
            ? Stream.empty()
            : Stream.of("volumes " + volumes + ", mounts " + mounts);
    return Stream.of(configuration, account, probes, volume)
        .flatMap(problems -> problems)
        .map(problem -> name(workload) + ": " + problem);
  }

  private static Stream<JsonNode> selectors(JsonNode manifest) {
    JsonNode selector =
        switch (manifest.path("kind").asText()) {
          case "NetworkPolicy" -> manifest.at("/spec/podSelector");
          case "Service" -> manifest.path("spec");
          default -> manifest.at("/spec/selector");
        };
    return selector.isObject() ? Stream.of(selector) : Stream.empty();
  }

  private static boolean selects(JsonNode selector, JsonNode labels) {
    JsonNode wanted =
        selector.has("matchLabels") ? selector.path("matchLabels") : selector.path("selector");
    return wanted
            .propertyStream()
            .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()))
        && selector
            .path("matchExpressions")
            .valueStream()
            .allMatch(
                rule ->
                    rule.path("values")
                        .valueStream()
                        .anyMatch(labels.path(rule.path("key").asText())::equals));
  }
}
