package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.telemetry.InputTopic;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/// Checks that a topology runs and keeps up. Changes nothing. Where its HTTP server has
/// certificates or users, Kafka alone is asked.
public final class TopologyChecks {
  private TopologyChecks() {}

  public static List<Finding> run(Configuration configuration) throws InterruptedException {
    return configuration.get(Catalogue.STREAM_WEB_CONFIG).isPresent()
        ? Stream.concat(Stream.of(behind(configuration)), readers(configuration).stream()).toList()
        : Stream.of(
                List.of(running(configuration), behind(configuration)),
                seen(configuration),
                readers(configuration))
            .flatMap(List::stream)
            .toList();
  }

  private static Finding running(Configuration configuration) throws InterruptedException {
    var url = url(configuration);
    try {
      var ready = Http.get(URI.create(url + "/-/ready"));
      return ready.status() == 200
          ? Finding.ok("topology: ready at " + url)
          : Finding.fail(
              "topology: at %s, not ready: %s"
                  .formatted(url, String.join(", ", ready.body().lines().toList())),
              "until then nothing is judged",
              "after a start it restores its stores first; else its log says why");
    } catch (IOException e) {
      return Finding.fail(
          "topology: nothing answers at %s: %s".formatted(url, Causes.reason(e)),
          "without a topology nothing is judged",
          "start halfsecond stream, or set stream.http as its configuration has it");
    }
  }

  private static String url(Configuration configuration) {
    var address = configuration.get(Catalogue.STREAM_HTTP);
    return "http://%s:%d".formatted(address.getHostString(), address.getPort());
  }

  /// Accounts for the connections that the topology has counted; nothing if it does not answer,
  /// which another check tells.
  private static List<Finding> seen(Configuration configuration) throws InterruptedException {
    try {
      var metrics = Http.get(URI.create(url(configuration) + "/metrics"));
      return metrics.status() == 200
          ? SeenConnections.of(metrics.body()).finding().stream().toList()
          : List.of();
    } catch (IOException _) {
      return List.of();
    }
  }

  /// How far those have come who keep a position in the alerts, as far as this user may see it.
  private static List<Finding> readers(Configuration configuration) {
    try (var admin = Clusters.admin(configuration)) {
      var alerts = List.of(Clusters.topics(configuration).alerts().name());
      return ClusterTopics.groups(admin, ClusterRole.ALERT_POSITIONS).stream()
          .map(
              group ->
                  Finding.ok(
                      "alerts: %s is %s behind"
                          .formatted(
                              group.substring(ClusterRole.ALERT_POSITIONS.length()),
                              Words.count(ClusterTopics.behind(admin, group, alerts), "step"))))
          .toList();
    } catch (KafkaException _) {
      // Told by the check of the topology's own group.
      return List.of();
    }
  }

  private static Finding behind(Configuration configuration) {
    var application = configuration.get(Catalogue.APPLICATION_ID);
    try (var admin = Clusters.admin(configuration)) {
      var inputs =
          InputTopic.all(Clusters.topics(configuration, admin)).stream()
              .map(input -> input.topic().name())
              .toList();
      return ClusterTopics.processed(admin, application) == 0
              && ClusterTopics.records(admin, inputs) > 0
          ? Finding.fail(
              "topology: group %s has not read anything, and there are records"
                  .formatted(application),
              "without a topology nothing is judged",
              "start halfsecond stream, or set stream.application-id as its configuration has it")
          : Finding.ok(
              "topology: %,d records behind"
                  .formatted(ClusterTopics.behind(admin, application, inputs)));
    } catch (FirstContact.UnusableException e) {
      return Finding.fail(
          "topology: its Kafka: " + e.what(), "nothing is judged without it", e.remedy());
    } catch (KafkaException e) {
      return Finding.warn(
          "topology: how far it is behind cannot be read: " + e.getMessage(),
          "alerts may be late without a sign of it",
          "run this with the topology's or an administrator's settings of Kafka");
    }
  }
}
