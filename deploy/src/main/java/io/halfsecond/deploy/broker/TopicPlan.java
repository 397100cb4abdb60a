package io.halfsecond.deploy.broker;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/// The differences between a cluster's topics and the catalogue.
///
/// [#between] is pure; [#of] reads a cluster; [#apply] changes one. Nothing is ever reduced or
/// removed: a topic with more partitions or another replication factor is reported and left alone.
/// So is one with fewer partitions that is in use: a host's records would be in two partitions, and
/// a topology that runs on it would end (Kafka Streams cannot change the number of its tasks).
public record TopicPlan(List<Step> steps) {
  /// Where the way to more partitions is described.
  public static final String PROCEDURE = "see \"More partitions\" in docs/operate.md";

  /// One difference.
  public sealed interface Step {
    String topic();

    /// The difference and what [TopicPlan#apply] does about it, on one line.
    String describe();
  }

  public record Create(
      String topic, int partitions, short replicationFactor, Map<String, String> configs)
      implements Step {
    @Override
    public String describe() {
      return "+ %s: missing; create with %d partitions, replication factor %s%s"
          .formatted(
              topic,
              partitions,
              // Minus one is Kafka's value for the broker's default.
              replicationFactor < 0 ? "of the broker's default" : Short.toString(replicationFactor),
              configs.entrySet().stream()
                  .map(e -> ", " + e.getKey() + "=" + e.getValue())
                  .collect(Collectors.joining()));
    }
  }

  public record AddPartitions(String topic, int present, int wanted) implements Step {
    @Override
    public String describe() {
      return "~ %s: %d partitions; raise to %d".formatted(topic, present, wanted);
    }
  }

  public record SetConfig(String topic, String name, String present, String wanted)
      implements Step {
    @Override
    public String describe() {
      return "~ %s: %s is %s; set to %s"
          .formatted(topic, name, present.isEmpty() ? "not set" : present, wanted);
    }
  }

  /// A difference that is left to people, because removing it would reduce something.
  public record Leave(String topic, String what) implements Step {
    @Override
    public String describe() {
      return "! %s: %s; left unchanged".formatted(topic, what);
    }
  }

  /// A topic as the cluster has it.
  ///
  /// @param configs effective values by Kafka's names
  public record Present(int partitions, int replicationFactor, Map<String, String> configs) {}

  /// What a cluster has.
  ///
  /// @param topics by name; those that are not in the catalogue are ignored
  /// @param inUse why partitions must not be raised; empty if they may
  public record Cluster(Map<String, Present> topics, Optional<String> inUse) {}

  public TopicPlan {
    steps = List.copyOf(steps);
  }

  /// Compares the catalogue with the topics of a cluster.
  ///
  /// @param replicationFactor of every topic; −1 for the broker's default
  public static TopicPlan between(Topics wished, int replicationFactor, Cluster cluster) {
    var steps = new ArrayList<Step>();
    for (Topic<?> topic : wished.all()) {
      var found = cluster.topics().get(topic.name());
      if (found == null) {
        steps.add(
            new Create(
                topic.name(),
                created(topic, wished, cluster),
                (short) replicationFactor,
                new TreeMap<>(topic.configs())));
      } else {
        comparePartitions(topic, found.partitions(), cluster.inUse(), steps);
        compare(topic, replicationFactor, found, steps);
      }
    }
    return new TopicPlan(steps);
  }

  /// Beside topics that must stay as they are, a new one gets as many partitions as they have.
  private static int created(Topic<?> topic, Topics wished, Cluster cluster) {
    return topic.partitions() == wished.authTiming().partitions() && cluster.inUse().isPresent()
        ? wished.all().stream()
            .filter(other -> other.partitions() == topic.partitions())
            .flatMap(other -> Optional.ofNullable(cluster.topics().get(other.name())).stream())
            .mapToInt(Present::partitions)
            .max()
            .orElse(topic.partitions())
        : topic.partitions();
  }

  private static void comparePartitions(
      Topic<?> topic, int found, Optional<String> inUse, List<Step> steps) {
    if (found < topic.partitions() && inUse.isEmpty()) {
      steps.add(new AddPartitions(topic.name(), found, topic.partitions()));
    } else if (found != topic.partitions()) {
      steps.add(
          new Leave(
              topic.name(),
              "%d partitions instead of %d%s"
                  .formatted(
                      found,
                      topic.partitions(),
                      found < topic.partitions()
                          ? inUse.map(why -> " (" + why + "; " + PROCEDURE + ")").orElse("")
                          : "")));
    }
  }

  private static void compare(
      Topic<?> topic, int replicationFactor, Present found, List<Step> steps) {
    if (replicationFactor > 0 && found.replicationFactor() != replicationFactor) {
      steps.add(
          new Leave(
              topic.name(),
              "replication factor %d instead of %d"
                  .formatted(found.replicationFactor(), replicationFactor)));
    }
    new TreeMap<>(topic.configs())
        .forEach(
            (name, wanted) -> {
              var value = found.configs().getOrDefault(name, "");
              if (!sameConfig(value, wanted)) {
                steps.add(new SetConfig(topic.name(), name, value, wanted));
              }
            });
  }

  /// Lists, such as `compact,delete`, are equal in any order.
  private static boolean sameConfig(String a, String b) {
    return List.of(a.split(",")).stream()
        .sorted()
        .toList()
        .equals(List.of(b.split(",")).stream().sorted().toList());
  }

  /// Compares the catalogue with a cluster.
  ///
  /// @throws KafkaException if the cluster cannot be reached
  public static TopicPlan of(Admin admin, Topics wished, int replicationFactor) {
    return between(wished, replicationFactor, ClusterTopics.read(admin, wished));
  }

  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /// Executes every step that adds or sets something, and waits until the cluster has done so.
  ///
  /// @throws KafkaException if the cluster refuses a step; earlier steps stay in effect
  public void apply(Admin admin) {
    var create = new ArrayList<NewTopic>();
    var grow = new HashMap<String, NewPartitions>();
    var configure = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
    for (var step : steps) {
      switch (step) {
        case Create(var topic, var partitions, var replicas, var configs) ->
            create.add(new NewTopic(topic, partitions, replicas).configs(configs));
        case AddPartitions(var topic, _, var wanted) ->
            grow.put(topic, NewPartitions.increaseTo(wanted));
        case SetConfig(var topic, var name, _, var wanted) ->
            configure
                .computeIfAbsent(
                    new ConfigResource(ConfigResource.Type.TOPIC, topic), _ -> new ArrayList<>())
                .add(new AlterConfigOp(new ConfigEntry(name, wanted), AlterConfigOp.OpType.SET));
        case Leave _ -> {}
      }
    }
    ClusterTopics.call(
        right("Create", create.stream().map(NewTopic::name)),
        () -> admin.createTopics(create).all().get());
    ClusterTopics.call(
        right("Alter", grow.keySet().stream()), () -> admin.createPartitions(grow).all().get());
    ClusterTopics.call(
        right("AlterConfigs", configure.keySet().stream().map(ConfigResource::name)),
        () -> admin.incrementalAlterConfigs(configure).all().get());
  }

  private static String right(String operation, Stream<String> topics) {
    return "%s on topics %s"
        .formatted(operation, topics.sorted().collect(Collectors.joining(", ")));
  }
}
