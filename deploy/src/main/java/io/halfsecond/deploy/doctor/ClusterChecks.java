package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/// What a collector needs of Kafka. Changes nothing.
public final class ClusterChecks {
  private ClusterChecks() {}

  public static List<Finding> run(Configuration configuration) {
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    try (var admin = Clusters.admin(configuration)) {
      var plan = TopicPlan.of(admin, Clusters.topics(configuration),
        configuration.get(Catalogue.REPLICATION_FACTOR));
      return List.of(Finding.ok("Kafka: " + servers), topics(plan));
    } catch (KafkaException e) {
      return List.of(Finding.fail("Kafka: %s does not answer: %s".formatted(servers, e.getMessage()),
        "check kafka.bootstrap.servers, the network, and kafka.security.* if the cluster wants encryption"));
    }
  }

  static Finding topics(TopicPlan plan) {
    long missing = plan.steps().stream().filter(TopicPlan.Create.class::isInstance).count();
    if (missing > 0) {
      return Finding.fail("topics: %d missing".formatted(missing), "run halfsecond topics apply");
    }
    return plan.isEmpty()
      ? Finding.ok("topics: as they should be")
      : Finding.warn("topics: all there, %d differences".formatted(plan.steps().size()),
        "see halfsecond topics plan");
  }
}
