package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;

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
    try {
      FirstContact.require(servers, kafka);
      return List.of(Finding.ok("Kafka: " + servers), topics(configuration, kafka));
    } catch (FirstContact.UnusableException e) {
      return List.of(unusable(configuration, e.what(), e.remedy()));
    } catch (AuthenticationException e) {
      return List.of(
          Finding.fail(
              "Kafka: %s refuses this user: %s".formatted(servers, e.getMessage()),
              "check kafka.sasl.* and kafka.ssl.*"));
    } catch (KafkaException e) {
      return List.of(
          unusable(
              configuration,
              "%s answered at first, then failed: %s".formatted(servers, e.getMessage()),
              "check that the addresses that the brokers advertise (advertised.listeners) can be"
                  + " reached from here"));
    }
  }

  private static Finding topics(Configuration configuration, Map<String, String> kafka) {
    var topics = Clusters.topics(configuration);
    var names = topics.all().stream().map(Topic::name).toList();
    try (var admin = Clusters.admin(configuration.get(Catalogue.BOOTSTRAP_SERVERS), kafka)) {
      return topics(ClusterTopics.sight(admin, names), topics.authTiming().name());
    }
  }

  static Finding unusable(Configuration configuration, String what, String remedy) {
    return configuration.isSet(Catalogue.BOOTSTRAP_SERVERS)
        ? Finding.fail("Kafka: " + what, remedy)
        : Finding.warn(
            "Kafka: " + what, "start halfsecond up, or name your Kafka with --bootstrap-servers");
  }

  /// Only missing topics stop a collector. It may see those that it writes to.
  ///
  /// @param written a topic that collectors write to
  static Finding topics(Map<String, Sight> topics, String written) {
    long missing = topics.values().stream().filter(Sight.MISSING::equals).count();
    long hidden = topics.values().stream().filter(Sight.HIDDEN::equals).count();
    if (missing > 0) {
      return Finding.fail("topics: %d missing".formatted(missing), "run halfsecond topics apply");
    }
    if (topics.get(written) == Sight.HIDDEN) {
      return Finding.fail(
          "topics: this user may not write to %s, or it is missing".formatted(written),
          "run halfsecond topics plan as an administrator, with --acls and --collectors naming this"
              + " user");
    }
    return Finding.ok(
        hidden == 0
            ? "topics: all present"
            : "topics: all present that this user may see; %d it may not".formatted(hidden));
  }
}
