package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/// Checks what a collector needs from Kafka. Changes nothing.
public final class ClusterChecks {
  private static final String SHORT_MILLIS = "1000";

  private ClusterChecks() {}

  public static List<Finding> run(Configuration configuration) {
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    var kafka = new HashMap<>(configuration.kafka());
    if (!configuration.isSet(Catalogue.BOOTSTRAP_SERVERS)) {
      // No broker is configured: one on the loopback address answers at once or not at all.
      kafka.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, SHORT_MILLIS);
      kafka.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, SHORT_MILLIS);
    }
    try (var admin = Clusters.admin(servers, kafka)) {
      var plan =
          TopicPlan.of(
              admin,
              Clusters.topics(configuration, admin),
              configuration.get(Catalogue.REPLICATION_FACTOR));
      return List.of(Finding.ok("Kafka: " + servers), topics(plan));
    } catch (KafkaException e) {
      return List.of(silent(configuration, String.valueOf(e.getMessage())));
    }
  }

  static Finding silent(Configuration configuration, String why) {
    var what =
        "Kafka: %s does not answer: %s"
            .formatted(configuration.get(Catalogue.BOOTSTRAP_SERVERS), why);
    return configuration.isSet(Catalogue.BOOTSTRAP_SERVERS)
        ? Finding.fail(
            what,
            "check kafka.bootstrap.servers, the network, and kafka.security.* if the cluster needs"
                + " encryption")
        : Finding.warn(what, "start halfsecond up, or name your Kafka with --bootstrap-servers");
  }

  /// Only missing topics stop a collector. Other differences may be intended, such as the single
  /// partitions of `halfsecond up`, and partitions must not change under a running topology.
  static Finding topics(TopicPlan plan) {
    long missing = plan.steps().stream().filter(TopicPlan.Create.class::isInstance).count();
    return missing > 0
        ? Finding.fail("topics: %d missing".formatted(missing), "run halfsecond topics apply")
        : Finding.ok("topics: all present");
  }
}
