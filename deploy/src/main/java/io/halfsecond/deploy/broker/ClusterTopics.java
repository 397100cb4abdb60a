package io.halfsecond.deploy.broker;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Reads what a cluster has. Every method throws a [KafkaException] if it cannot be asked.
public final class ClusterTopics {
  /// The end of the name of a topic that every topology makes at its first start.
  private static final String INTERNAL = "-by-cohort-repartition";

  private ClusterTopics() {}

  /// The catalogue with as many partitions as the cluster's first telemetry topic has, or where
  /// that is missing, as the others have at most.
  ///
  /// @param otherwise partitions if there are no such topics
  public static Topics of(Admin admin, String prefix, int otherwise) {
    var topics = Topics.of(prefix, otherwise);
    var others =
        topics.all().stream()
            .map(Topic::name)
            .filter(name -> !name.equals(topics.schemas().name()))
            .toList();
    var present = partitions(admin, others);
    var first = Optional.ofNullable(present.get(topics.authTiming().name()));
    return first
        .or(() -> present.values().stream().max(Integer::compare))
        .map(found -> Topics.of(prefix, found))
        .orElse(topics);
  }

  /// The names of the topics that exist and that this user may see.
  public static Set<String> names(Admin admin) {
    return call(() -> admin.listTopics().names().get());
  }

  /// What a user can tell of a topic. One without the right to describe it cannot tell whether it
  /// exists.
  public enum Sight {
    PRESENT,
    MISSING,
    HIDDEN
  }

  public static Map<String, Sight> sight(Admin admin, Collection<String> names) {
    return admin.describeTopics(names).topicNameValues().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, topic -> sight(topic.getValue())));
  }

  private static Sight sight(KafkaFuture<TopicDescription> topic) {
    try {
      call(topic::get);
      return Sight.PRESENT;
    } catch (UnknownTopicOrPartitionException _) {
      return Sight.MISSING;
    } catch (TopicAuthorizationException _) {
      return Sight.HIDDEN;
    }
  }

  /// The number of partitions of those topics that exist and that this user may see.
  public static Map<String, Integer> partitions(Admin admin, Collection<String> wanted) {
    var existing = names(admin);
    var names = wanted.stream().filter(existing::contains).toList();
    return call(() -> admin.describeTopics(names).allTopicNames().get()).entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, found -> found.getValue().partitions().size()));
  }

  /// The name of that topic of an application.
  public static String internalTopic(String applicationId) {
    return applicationId + INTERNAL;
  }

  static TopicPlan.Cluster read(Admin admin, Topics wished) {
    var existing = names(admin);
    var names = wished.all().stream().map(Topic::name).filter(existing::contains).toList();
    var descriptions = call(() -> admin.describeTopics(names).allTopicNames().get());
    var resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    var configs =
        call(
            "DescribeConfigs on topics " + String.join(", ", names),
            () -> admin.describeConfigs(resources).all().get());
    var present = new HashMap<String, TopicPlan.Present>();
    configs.forEach(
        (resource, config) -> {
          var description = descriptions.get(resource.name());
          if (description != null) {
            var values = new HashMap<String, String>();
            config.entries().stream()
                .filter(e -> e.value() != null)
                .forEach(e -> values.put(e.name(), e.value()));
            present.put(
                resource.name(),
                new TopicPlan.Present(
                    description.partitions().size(),
                    description.partitions().getFirst().replicas().size(),
                    values));
          }
        });
    return new TopicPlan.Cluster(
        present, inUse(admin, existing, besides(wished.schemas().name(), present)));
  }

  /// Every process writes its schemas at its start, and doctor to try whether records are taken:
  /// that is no use of the topics that hosts are spread over.
  private static Map<String, TopicPlan.Present> besides(
      String schemas, Map<String, TopicPlan.Present> present) {
    var others = new HashMap<>(present);
    others.remove(schemas);
    return others;
  }

  /// Any topology's internal topic counts: it does not say which topics it reads, and a refusal
  /// harms less than a topology that ends.
  private static Optional<String> inUse(
      Admin admin, Set<String> existing, Map<String, TopicPlan.Present> present) {
    return existing.stream()
        .filter(name -> name.endsWith(INTERNAL))
        .findFirst()
        .map(name -> "a topology has run here: there is " + name)
        .or(() -> written(admin, present).map(name -> "there are records on " + name));
  }

  /// A topic that has ever had a record.
  private static Optional<String> written(Admin admin, Map<String, TopicPlan.Present> present) {
    var partitions =
        present.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, topic -> topic.getValue().partitions()));
    return ends(admin, partitions).entrySet().stream()
        .filter(end -> end.getValue() > 0)
        .map(end -> end.getKey().topic())
        .min(String::compareTo);
  }

  /// How many records were ever written to these topics.
  public static long records(Admin admin, Collection<String> topics) {
    return ends(admin, partitions(admin, topics)).values().stream().mapToLong(end -> end).sum();
  }

  /// How many records of these topics a consumer group has not processed yet.
  public static long behind(Admin admin, String group, Collection<String> topics) {
    var ends = ends(admin, partitions(admin, topics));
    var processed = positions(admin, group);
    return ends.entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - processed.getOrDefault(end.getKey(), 0L)))
        .sum();
  }

  /// How far a consumer group has come, over all topics that it reads: a number that only grows.
  public static long processed(Admin admin, String group) {
    return positions(admin, group).values().stream().mapToLong(position -> position).sum();
  }

  /// Groups whose name begins so, of those that this user may see, sorted.
  public static List<String> groups(Admin admin, String prefix) {
    return call(() -> admin.listGroups().all().get()).stream()
        .map(GroupListing::groupId)
        .filter(name -> name.startsWith(prefix))
        .sorted()
        .toList();
  }

  /// Whether this user may see how far a group has come, and so move it: no role has the one right
  /// without the other.
  public static boolean mayUse(Admin admin, String group) {
    try {
      positions(admin, group);
      return true;
    } catch (GroupAuthorizationException _) {
      return false;
    }
  }

  @SuppressWarnings("NullAway") // Kafka's map has null for a partition without a position
  private static Map<TopicPartition, Long> positions(Admin admin, String group) {
    try {
      return call(() -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get())
          .entrySet()
          .stream()
          .filter(position -> position.getValue() != null)
          .collect(Collectors.toMap(Map.Entry::getKey, position -> position.getValue().offset()));
    } catch (GroupIdNotFoundException _) {
      return Map.of();
    }
  }

  private static Map<TopicPartition, Long> ends(Admin admin, Map<String, Integer> partitions) {
    var latest =
        partitions.entrySet().stream()
            .flatMap(
                topic ->
                    IntStream.range(0, topic.getValue())
                        .mapToObj(p -> new TopicPartition(topic.getKey(), p)))
            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
    return call(() -> admin.listOffsets(latest).all().get()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }

  /// A call that waits for the cluster.
  interface Call<T> {
    T get() throws InterruptedException, ExecutionException;
  }

  /// As [#call(Call)], and names what a refusal is about: brokers say "Authorization failed." only.
  ///
  /// @param right what the call needs, such as `Create on topic ssh.probe`
  static <T> T call(String right, Call<T> call) {
    try {
      return call(call);
    } catch (AuthorizationException e) {
      throw new AuthorizationException("%s: %s".formatted(right, e.getMessage()), e);
    }
  }

  static <T> T call(Call<T> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }
  }
}
