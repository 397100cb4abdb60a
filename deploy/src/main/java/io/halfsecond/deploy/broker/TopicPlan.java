package io.halfsecond.deploy.broker;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;

/// The differences between a cluster's topics and the catalogue.
///
/// [#between] is pure; [#of] reads a cluster; [#apply] changes one. Nothing is ever reduced or
/// removed: a topic with more partitions or another replication factor is reported and left alone.
public record TopicPlan(List<Step> steps) {

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
      return "~ %s: %d partitions; raise to %d (hosts may move to another partition)"
          .formatted(topic, present, wanted);
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

  public TopicPlan {
    steps = List.copyOf(steps);
  }

  /// Compares the catalogue with the topics of a cluster.
  ///
  /// @param replicationFactor of every topic; −1 for the broker's default
  /// @param present the cluster's topics by name; topics not in the catalogue are ignored
  public static TopicPlan between(
      Topics wished, int replicationFactor, Map<String, Present> present) {
    var steps = new ArrayList<Step>();
    for (Topic<?> topic : wished.all()) {
      var found = present.get(topic.name());
      if (found == null) {
        steps.add(
            new Create(
                topic.name(),
                topic.partitions(),
                (short) replicationFactor,
                new TreeMap<>(topic.configs())));
      } else {
        compare(topic, replicationFactor, found, steps);
      }
    }
    return new TopicPlan(steps);
  }

  private static void compare(
      Topic<?> topic, int replicationFactor, Present found, List<Step> steps) {
    if (found.partitions() < topic.partitions()) {
      steps.add(new AddPartitions(topic.name(), found.partitions(), topic.partitions()));
    } else if (found.partitions() > topic.partitions()) {
      steps.add(
          new Leave(
              topic.name(),
              "%d partitions instead of %d".formatted(found.partitions(), topic.partitions())));
    }
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
    return between(wished, replicationFactor, read(admin, wished));
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
    call(() -> admin.createTopics(create).all().get());
    call(() -> admin.createPartitions(grow).all().get());
    call(() -> admin.incrementalAlterConfigs(configure).all().get());
  }

  private static Map<String, Present> read(Admin admin, Topics wished) {
    var existing = call(() -> admin.listTopics().names().get());
    var names = wished.all().stream().map(Topic::name).filter(existing::contains).toList();
    Map<String, TopicDescription> descriptions =
        call(() -> admin.describeTopics(names).allTopicNames().get());
    var resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    var configs = call(() -> admin.describeConfigs(resources).all().get());
    var present = new HashMap<String, Present>();
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
                new Present(
                    description.partitions().size(),
                    description.partitions().getFirst().replicas().size(),
                    values));
          }
        });
    return present;
  }

  private interface Call<T> {
    T get() throws InterruptedException, ExecutionException;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    }
  }
}
