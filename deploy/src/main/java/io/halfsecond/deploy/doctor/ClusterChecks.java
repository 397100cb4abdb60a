package io.halfsecond.deploy.doctor;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.ClusterTopics.Sight;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.travel.SchemaWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;

/// Checks what a collector needs from Kafka, or who else runs the check. It writes one record: a
/// schema that is on its topic already, or will be, and of which the topic keeps one.
public final class ClusterChecks {
  private static final String NOT_SENT =
      "a collector's records wait in its spool, and nothing is judged";

  private ClusterChecks() {}

  /// @param role whose rights the user should have; empty for the one of which it lacks least
  public static List<Finding> run(Configuration configuration, Optional<ClusterRole> role) {
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    try {
      FirstContact.require(servers, configuration.kafka());
      return Stream.concat(
              Stream.of(Finding.ok("Kafka: " + servers)), inCluster(configuration, role).stream())
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

  private static List<Finding> inCluster(
      Configuration configuration, Optional<ClusterRole> wished) {
    var topics = Clusters.topics(configuration);
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    try (var admin = Clusters.admin(servers, configuration.kafka())) {
      var findings = new ArrayList<Finding>();
      var sight = ClusterTopics.sight(admin, topics.all().stream().map(Topic::name).toList());
      findings.add(topics(sight));
      var missing =
          wished
              .map(role -> Clusters.missingRights(configuration, admin, role))
              .orElseGet(() -> Clusters.missingRights(configuration, admin));
      findings.add(rights(missing));
      if (missing.mayWrite(topics.schemas())
          && sight.get(topics.schemas().name()) == Sight.PRESENT) {
        findings.add(record(configuration, topics.schemas()));
      }
      return findings;
    }
  }

  /// Every process that writes has written this record at its start, and will again.
  private static Finding record(Configuration configuration, Topic<String> schemas) {
    try {
      long began = System.nanoTime();
      SchemaWriter.write(
          configuration.get(Catalogue.BOOTSTRAP_SERVERS),
          configuration.kafka(),
          schemas,
          List.of(RecordSchemas.OF_COLLECTOR.getFirst()));
      return Finding.ok(
          "a record: acknowledged by all brokers in sync within %d ms (a schema, on %s)"
              .formatted(Duration.ofNanos(System.nanoTime() - began).toMillis(), schemas.name()));
    } catch (KafkaException e) {
      return Finding.fail(
          "a record: not acknowledged on %s: %s".formatted(schemas.name(), Causes.reason(e)),
          NOT_SENT,
          "check that the brokers that have this topic run, and that as many are in sync as its"
              + " min.insync.replicas wants");
    }
  }

  static Finding unusable(Configuration configuration, String what, String remedy) {
    return configuration.isSet(Catalogue.BOOTSTRAP_SERVERS)
        ? Finding.fail("Kafka: " + what, NOT_SENT, remedy)
        : Finding.warn(
            "Kafka: " + what,
            NOT_SENT,
            "start halfsecond up, or name your Kafka with --bootstrap-servers");
  }

  /// Topics that this user may not see may be missing, too: [#rights] says which those are.
  static Finding topics(Map<String, Sight> topics) {
    var missing = names(topics, Sight.MISSING);
    var hidden = names(topics, Sight.HIDDEN);
    if (!missing.isEmpty()) {
      return Finding.fail(
          "topics: %d missing: %s".formatted(missing.size(), String.join(", ", missing)),
          NOT_SENT,
          "run halfsecond topics apply");
    }
    return Finding.ok(
        hidden.isEmpty()
            ? "topics: all present"
            : "topics: all present that this user may see; %d it may not".formatted(hidden.size()));
  }

  private static List<String> names(Map<String, Sight> topics, Sight sight) {
    return topics.entrySet().stream()
        .filter(topic -> topic.getValue() == sight)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  static Finding rights(MissingRights missing) {
    var role = missing.role().word();
    if (missing.none()) {
      return Finding.ok(
          "rights: %s has all of %s"
              .formatted(missing.principal().orElse("this user"), article(role)));
    }
    var what = "rights: of those of %s, %s".formatted(article(role), missing.what());
    return missing.essential().none()
        ? Finding.warn(
            what,
            "the %s works without; docs/security.md says what it then lacks".formatted(role),
            missing.remedy())
        : Finding.fail(
            what,
            "the brokers refuse it; they do not tell whether a topic exists that the user may not"
                + " see",
            missing.remedy());
  }

  private static String article(String role) {
    return (role.startsWith("a") ? "an " : "a ") + role;
  }
}
