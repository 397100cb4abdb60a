package io.halfsecond.deploy.service;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.InputTopic;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// The Kafka cluster that a configuration names.
public final class Clusters {
  /// Long enough for a slow cluster, short enough for a person who waits.
  private static final int PATIENCE_MILLIS = 10_000;

  private Clusters() {}

  /// The topics by their names; the cluster's may have other partitions.
  public static Topics topics(Configuration configuration) {
    return wanted(
        configuration,
        Topics.of(
            configuration.get(Catalogue.TOPIC_PREFIX), configuration.get(Catalogue.PARTITIONS)));
  }

  /// With those topics that there are only if the user wants them.
  private static Topics wanted(Configuration configuration, Topics topics) {
    return configuration.get(Catalogue.ALERTS_JSON) ? topics.withAlertsJson() : topics;
  }

  /// With the partitions that the user has asked for, or else those that the topics have.
  public static Topics topics(Configuration configuration, Admin admin) {
    return configuration.isSet(Catalogue.PARTITIONS)
        ? topics(configuration)
        : topics(configuration, admin, configuration.get(Catalogue.PARTITIONS));
  }

  /// With the partitions that the topics have.
  ///
  /// @param otherwise partitions if there are no topics
  public static Topics topics(Configuration configuration, Admin admin, int otherwise) {
    return wanted(
        configuration,
        ClusterTopics.of(admin, configuration.get(Catalogue.TOPIC_PREFIX), otherwise));
  }

  /// @throws FirstContact.UnusableException if the cluster cannot be reached with these settings
  public static Admin admin(Configuration configuration) {
    return admin(reachableServers(configuration), configuration.kafka());
  }

  /// Reads a topic of the cluster.
  ///
  /// @param choice of the topics, the one to read
  /// @param since records written at that time or later are read
  /// @throws KafkaException if the cluster lacks the topic, or cannot be reached
  public static <T> TopicReader<T> reader(
      Configuration configuration, Function<Topics, Topic<T>> choice, Instant since) {
    return TopicReader.open(
        reachableServers(configuration),
        configuration.kafka(),
        Registration.readable(configuration, topics(configuration)),
        choice,
        since);
  }

  /// Reads the topic of alerts from where the reader of this name stopped.
  ///
  /// @param name of the reader's position
  /// @param since where a reader without a position begins
  /// @throws KafkaException if the cluster lacks the topic, cannot be reached, or refuses the group
  public static TopicReader<Alert> alertsReader(
      Configuration configuration, String name, Instant since) {
    return TopicReader.resume(
        reachableServers(configuration),
        configuration.kafka(),
        topics(configuration),
        Topics::alerts,
        since,
        ClusterRole.ALERT_POSITIONS + name);
  }

  private static String reachableServers(Configuration configuration) {
    var servers = configuration.get(Catalogue.BOOTSTRAP_SERVERS);
    FirstContact.require(servers, configuration.kafka());
    return servers;
  }

  /// @param kafka client settings beyond the bootstrap servers
  public static Admin admin(String bootstrapServers, Map<String, String> kafka) {
    var settings = new HashMap<String, Object>();
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.putAll(kafka);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return Admin.create(settings);
  }

  /// The topics as a topology finds them, with the partitions that they have.
  ///
  /// @throws UnknownTopicOrPartitionException if a topic is missing
  /// @throws KafkaException if the topology could not run for long on these partitions, or if the
  ///   cluster cannot be asked
  public static Topics topicsOfTopology(Configuration configuration) {
    try (var admin = admin(configuration)) {
      requireRights(configuration, admin);
      return topicsOfTopology(configuration, admin);
    }
  }

  /// A topology would end at its first record of a kind, or with a failure that names no resource.
  private static void requireRights(Configuration configuration, Admin admin) {
    var all = missingRights(configuration, admin, ClusterRole.TOPOLOGY).essential();
    var internal = ClusterTopics.internalTopic(configuration.get(Catalogue.APPLICATION_ID));
    var missing = ClusterTopics.names(admin).contains(internal) ? all.butToCreate() : all;
    if (!missing.none()) {
      throw new AuthorizationException("%s; %s".formatted(missing.what(), missing.remedy()));
    }
  }

  /// What this user lacks for a role, as far as the cluster tells.
  public static MissingRights missingRights(
      Configuration configuration, Admin admin, ClusterRole role) {
    return MissingRights.of(
        admin,
        role,
        topics(configuration),
        configuration.get(Catalogue.TOPIC_PREFIX),
        configuration.get(Catalogue.APPLICATION_ID),
        configuration.kafka());
  }

  /// As [#missingRights(Configuration, Admin, ClusterRole)], of the role of which it lacks least.
  public static MissingRights missingRights(Configuration configuration, Admin admin) {
    return MissingRights.ofLikeliestRole(
        admin,
        MissingRights.roles(),
        topics(configuration),
        configuration.get(Catalogue.TOPIC_PREFIX),
        configuration.get(Catalogue.APPLICATION_ID),
        configuration.kafka());
  }

  /// As [#topicsOfTopology(Configuration)].
  public static Topics topicsOfTopology(Configuration configuration, Admin admin) {
    var topics = topics(configuration, admin, 1);
    var internal = ClusterTopics.internalTopic(configuration.get(Catalogue.APPLICATION_ID));
    var names = topics.all().stream().map(Topic::name).toList();
    var found =
        ClusterTopics.partitions(
            admin, Stream.concat(names.stream(), Stream.of(internal)).toList());
    var missing = names.stream().filter(name -> !found.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "topics are missing, or this user may not read them: %s; run halfsecond topics apply"
              .formatted(String.join(", ", missing)));
    }
    int partitions = topics.authTiming().partitions();
    InputTopic.all(topics).stream()
        .map(input -> input.topic().name())
        .filter(name -> !Objects.equals(found.get(name), partitions))
        .findFirst()
        .ifPresent(
            name -> {
              throw new KafkaException(
                  "%s has %s partitions and others have %d, but a host must be in the same partition of all; %s"
                      .formatted(name, found.get(name), partitions, TopicPlan.PROCEDURE));
            });
    if (found.getOrDefault(internal, partitions) != partitions) {
      throw new KafkaException(
          "the topics have %d partitions and the topology's own topic %s has %d; %s"
              .formatted(partitions, internal, found.get(internal), TopicPlan.PROCEDURE));
    }
    return topics;
  }

  /// @throws UnknownTopicOrPartitionException if the cluster lacks the topic
  /// @throws KafkaException if the cluster cannot be asked
  public static void requireTopic(Configuration configuration, Topic<?> topic) {
    try (var admin = admin(configuration)) {
      if (!ClusterTopics.names(admin).contains(topic.name())) {
        throw new UnknownTopicOrPartitionException(
            "no topic %s at %s; see halfsecond topics plan"
                .formatted(topic.name(), configuration.get(Catalogue.BOOTSTRAP_SERVERS)));
      }
    }
  }
}
