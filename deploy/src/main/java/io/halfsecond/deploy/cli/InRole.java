package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.service.Clusters;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// A command that does in Kafka what a role may.
interface InRole {
  ClusterRole role();

  KafkaOptions kafka();

  /// What its user lacks, if that may be why it failed: the brokers' own words name no operation,
  /// and those about a topic that the user may not see say that there is none.
  default Optional<MissingRights> missing(Exception failure, Map<String, String> environment) {
    boolean refused =
        Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
            .anyMatch(
                cause ->
                    cause instanceof AuthorizationException
                        || cause instanceof UnknownTopicOrPartitionException);
    if (!refused) {
      return Optional.empty();
    }
    var configuration = kafka().load(environment);
    try (var admin = Clusters.admin(configuration)) {
      return Optional.of(Clusters.missingRights(configuration, admin, role()))
          .filter(missing -> !missing.none());
    } catch (KafkaException _) {
      return Optional.empty();
    }
  }
}
