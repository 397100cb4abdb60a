package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.PushService;
import io.halfsecond.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;

/// Checks what a collector needs from Kafka. Changes nothing.
public final class ClusterChecks {
  private static final String NOT_SENT =
      "a collector's records wait in its spool, and nothing is judged";

  private ClusterChecks() {}

  public static List<Finding> run(Configuration configuration) {
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    try {
      FirstContact.require(servers, configuration.kafka());
      return Stream.concat(
              Stream.of(Finding.ok("Kafka: " + servers)), topics(configuration).stream())
          .toList();
    } catch (FirstContact.UnusableException e) {
      return List.of(unusable(configuration, e.what(), e.remedy()));
    } catch (AuthenticationException e) {
      return List.of(
          Finding.fail(
              "Kafka: %s refuses this user: %s".formatted(servers, e.getMessage()),
              NOT_SENT,
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

  private static List<Finding> topics(Configuration configuration) {
    var topics = Clusters.topics(configuration);
    var names = topics.all().stream().map(Topic::name).toList();
    var written = topics.authTiming().name();
    var read = topics.alerts().name();
    try (var admin =
        Clusters.admin(configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka())) {
      var sight = ClusterTopics.sight(admin, names);
      var finding = topics(sight, written, read);
      return isReader(sight, written, read)
              && !ClusterTopics.mayUse(admin, ClusterRole.ALERT_POSITIONS + PushService.POSITION)
          ? List.of(
              finding,
              Finding.warn(
                  "alerts: this user may not keep a position",
                  "halfsecond alerts --resume and the webhook of halfsecond push end",
                  "run halfsecond topics apply as an administrator, with --acls and --readers"
                      + " naming this user"))
          : List.of(finding);
    }
  }

  private static boolean isReader(Map<String, Sight> topics, String written, String read) {
    return topics.get(written) == Sight.HIDDEN && topics.get(read) == Sight.PRESENT;
  }

  static Finding unusable(Configuration configuration, String what, String remedy) {
    return configuration.isSet(Catalogue.BOOTSTRAP_SERVERS)
        ? Finding.fail("Kafka: " + what, NOT_SENT, remedy)
        : Finding.warn(
            "Kafka: " + what,
            NOT_SENT,
            "start halfsecond up, or name your Kafka with --bootstrap-servers");
  }

  /// Only missing topics stop a collector. It may see those that it writes to, and who reads alerts
  /// may see those.
  ///
  /// @param written a topic that collectors write to
  /// @param read the topic that readers of alerts read
  static Finding topics(Map<String, Sight> topics, String written, String read) {
    long missing = topics.values().stream().filter(Sight.MISSING::equals).count();
    long hidden = topics.values().stream().filter(Sight.HIDDEN::equals).count();
    if (missing > 0) {
      return Finding.fail(
          "topics: %d missing".formatted(missing), NOT_SENT, "run halfsecond topics apply");
    }
    if (isReader(topics, written, read)) {
      return Finding.ok(
          "topics: this user may read %s and not write to %s, as is right for a reader"
              .formatted(read, written));
    }
    if (topics.get(written) == Sight.HIDDEN) {
      return Finding.fail(
          "topics: this user may not write to %s, or it is missing".formatted(written),
          NOT_SENT,
          "run halfsecond topics plan as an administrator, with --acls and --collectors naming this"
              + " user");
    }
    return Finding.ok(
        hidden == 0
            ? "topics: all present"
            : "topics: all present that this user may see; %d it may not".formatted(hidden));
  }
}
