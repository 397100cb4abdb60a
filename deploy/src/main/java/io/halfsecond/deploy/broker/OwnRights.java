package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.ClusterRole.Right;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// What a cluster tells a user about the user's own rights. Changes nothing.
///
/// Who may describe a topic is told each operation that is allowed on it. From others the cluster
/// hides whether it exists, and they have no right on it that implies to describe it. Of groups and
/// transactional ids it tells only whether they may be described; no role may describe one that it
/// may not use.
///
/// @param held by right; a right that the cluster does not tell is not among them
public record OwnRights(Map<Single, Boolean> held) {
  /// One operation on one resource.
  public record Single(ResourcePattern on, AclOperation operation) {}

  /// The end of names that nobody uses, to ask about all names that begin alike.
  private static final String NOBODYS = "halfsecond-rights";

  public OwnRights {
    held = Map.copyOf(held);
  }

  /// Asks the cluster, with four requests and one for each resource that is not a topic.
  ///
  /// @throws KafkaException if it cannot be asked
  public static OwnRights of(Admin admin, List<Right> rights) {
    var names = topics(admin, rights);
    var described =
        admin
            .describeTopics(
                names.values().stream().flatMap(List::stream).distinct().toList(),
                new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    var held = new HashMap<Single, Boolean>();
    for (var right : rights) {
      for (var operation : right.operations()) {
        var answers =
            switch (right.on().resourceType()) {
              case TOPIC ->
                  names.getOrDefault(right.on(), List.of()).stream()
                      .map(
                          name ->
                              Optional.ofNullable(described.get(name))
                                  .flatMap(topic -> onTopic(admin, name, topic, operation)))
                      .toList();
              case GROUP -> List.of(mayUseGroup(admin, name(right.on())));
              case TRANSACTIONAL_ID -> List.of(mayUseId(admin, name(right.on())));
              default -> List.<Optional<Boolean>>of();
            };
        var told = answers.stream().flatMap(Optional::stream).toList();
        if (!told.isEmpty()) {
          held.put(
              new Single(right.on(), operation), told.stream().allMatch(Boolean::booleanValue));
        }
      }
    }
    return new OwnRights(held);
  }

  /// The names of topics that stand for each pattern: those that this user sees, or one that there
  /// is not.
  private static Map<ResourcePattern, List<String>> topics(Admin admin, List<Right> rights) {
    var patterns =
        rights.stream()
            .map(Right::on)
            .filter(on -> on.resourceType() == ResourceType.TOPIC)
            .distinct()
            .toList();
    boolean prefixed = patterns.stream().anyMatch(on -> on.patternType() == PatternType.PREFIXED);
    Set<String> seen = prefixed ? ClusterTopics.names(admin) : Set.of();
    var names = new LinkedHashMap<ResourcePattern, List<String>>();
    for (var on : patterns) {
      var matching =
          on.patternType() == PatternType.PREFIXED
              ? seen.stream().filter(name -> name.startsWith(on.name())).sorted().toList()
              : List.<String>of();
      names.put(on, matching.isEmpty() ? List.of(name(on)) : matching);
    }
    return names;
  }

  private static String name(ResourcePattern on) {
    return on.patternType() == PatternType.PREFIXED ? on.name() + NOBODYS : on.name();
  }

  private static Optional<Boolean> onTopic(
      Admin admin, String name, KafkaFuture<TopicDescription> described, AclOperation operation) {
    try {
      var allowed = ClusterTopics.call(described::get).authorizedOperations();
      return allowed == null ? Optional.empty() : Optional.of(allowed.contains(operation));
    } catch (TopicAuthorizationException _) {
      // The right to create implies no other.
      return operation == AclOperation.CREATE ? mayCreate(admin, name) : Optional.of(false);
    } catch (UnknownTopicOrPartitionException _) {
      return operation == AclOperation.CREATE ? mayCreate(admin, name) : Optional.empty();
    }
  }

  private static Optional<Boolean> mayCreate(Admin admin, String name) {
    var topic = new NewTopic(name, Optional.empty(), Optional.empty());
    try {
      ClusterTopics.call(
          () ->
              admin
                  .createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true))
                  .all()
                  .get());
      return Optional.of(true);
    } catch (TopicAuthorizationException _) {
      return Optional.of(false);
    } catch (KafkaException _) {
      // A policy of the cluster, for example.
      return Optional.empty();
    }
  }

  private static Optional<Boolean> mayUseGroup(Admin admin, String group) {
    try {
      return Optional.of(ClusterTopics.mayUse(admin, group));
    } catch (KafkaException _) {
      return Optional.empty();
    }
  }

  /// Not every broker answers: one may lack the replicas for the topic of transactions.
  private static Optional<Boolean> mayUseId(Admin admin, String id) {
    try {
      ClusterTopics.call(() -> admin.describeTransactions(List.of(id)).description(id).get());
      return Optional.of(true);
    } catch (TransactionalIdNotFoundException _) {
      return Optional.of(true);
    } catch (TransactionalIdAuthorizationException _) {
      return Optional.of(false);
    } catch (KafkaException _) {
      return Optional.empty();
    }
  }

  /// Those of the rights that the user has not, by all that the cluster tells.
  public List<Right> missing(List<Right> of) {
    var missing = new ArrayList<Right>();
    for (var right : of) {
      var operations =
          right.operations().stream()
              .filter(operation -> !held.getOrDefault(new Single(right.on(), operation), true))
              .toList();
      if (!operations.isEmpty()) {
        missing.add(right.only(operations));
      }
    }
    return missing;
  }

  /// How much of them the user has, from 0 to 1, taking for held what the cluster does not tell.
  double share(List<Right> of) {
    double missing = operations(missing(of));
    return 1 - missing / Math.max(1, operations(of));
  }

  private static long operations(List<Right> rights) {
    return rights.stream().mapToLong(right -> right.operations().size()).sum();
  }
}
