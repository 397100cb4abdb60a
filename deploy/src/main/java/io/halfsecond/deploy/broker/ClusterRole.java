package io.halfsecond.deploy.broker;

import io.halfsecond.collector.emit.RecordWriter;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.InputTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// Who uses the Kafka cluster, and the rights that each needs and no more: the one table of rights.
/// A right implies that to describe the same resource. No role needs a right on the cluster.
public enum ClusterRole {
  /// `halfsecond topics`, but for making access control lists: that takes Alter on the cluster.
  ADMINISTRATOR {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      return List.of(
          topics(
              PatternType.PREFIXED,
              prefix,
              AclOperation.CREATE,
              AclOperation.ALTER,
              AclOperation.ALTER_CONFIGS,
              AclOperation.DESCRIBE),
          // Whether a topology has run.
          topics(PatternType.PREFIXED, applicationId + "-", AclOperation.DESCRIBE));
    }
  },
  /// `halfsecond collect`.
  COLLECTOR {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      return Stream.concat(
              RecordWriter.topics(topics).stream().map(topic -> write(topic)),
              Stream.of(write(topics.schemas()).dispensable()))
          .toList();
    }
  },
  /// `halfsecond stream`.
  TOPOLOGY {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      var rights = new ArrayList<Right>();
      InputTopic.all(topics).forEach(input -> rights.add(read(input.topic())));
      rights.add(write(topics.alerts()));
      topics.alertsJson().ifPresent(json -> rights.add(write(json)));
      rights.add(write(topics.deadLetters()));
      rights.add(
          topics(
              PatternType.LITERAL, topics.cohorts().name(), AclOperation.READ, AclOperation.WRITE));
      rights.add(
          topics(
                  PatternType.LITERAL,
                  topics.schemas().name(),
                  AclOperation.READ,
                  AclOperation.WRITE)
              .dispensable());
      rights.add(
          topics(PatternType.PREFIXED, applicationId + "-", AclOperation.READ, AclOperation.WRITE));
      // At its first start.
      rights.add(topics(PatternType.PREFIXED, applicationId + "-", AclOperation.CREATE));
      // Of records that were judged: without it they stay.
      rights.add(
          topics(PatternType.PREFIXED, applicationId + "-", AclOperation.DELETE).dispensable());
      rights.add(
          Right.of(
              new ResourcePattern(ResourceType.GROUP, applicationId, PatternType.LITERAL),
              AclOperation.READ));
      rights.add(
          Right.of(
              new ResourcePattern(
                  ResourceType.TRANSACTIONAL_ID, applicationId + "-", PatternType.PREFIXED),
              AclOperation.WRITE));
      return rights;
    }
  },
  /// `halfsecond alerts`, `halfsecond fingerprint --diff`, and programs that read alerts. A group
  /// keeps how far one of them has read.
  READER {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      var read =
          Stream.concat(
              Stream.of(topics.alerts(), topics.hostFingerprint()), topics.alertsJson().stream());
      return Stream.concat(
              Stream.concat(
                  read.map(topic -> read(topic)), Stream.of(read(topics.schemas()).dispensable())),
              Stream.of(
                  Right.of(
                          new ResourcePattern(
                              ResourceType.GROUP, ALERT_POSITIONS, PatternType.PREFIXED),
                          AclOperation.READ)
                      .dispensable()))
          .toList();
    }
  },
  /// `halfsecond sessions`: who logged in, and what they ran, is for fewer people than alerts.
  AUDITOR {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      return List.of(
          read(topics.authTiming()),
          read(topics.sessionCpu()),
          read(topics.schemas()).dispensable());
    }
  },
  /// `halfsecond ack`.
  DECIDER {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      return List.of(
          read(topics.alerts()),
          write(topics.control()),
          topics(
                  PatternType.LITERAL,
                  topics.schemas().name(),
                  AclOperation.READ,
                  AclOperation.WRITE)
              .dispensable());
    }
  };

  /// What the groups begin with that keep how far alerts were read.
  public static final String ALERT_POSITIONS = "halfsecond-alerts-";

  /// Operations that are allowed on a resource.
  ///
  /// @param essential whether work stops where it is missing. The others are for records of other
  ///   versions, for positions, and for topics that stay small
  public record Right(ResourcePattern on, List<AclOperation> operations, boolean essential) {
    public Right {
      operations = List.copyOf(operations);
    }

    private static Right of(ResourcePattern on, AclOperation... operations) {
      return new Right(on, Arrays.asList(operations), true);
    }

    private Right dispensable() {
      return new Right(on, operations, false);
    }

    Right only(List<AclOperation> some) {
      return new Right(on, some, essential);
    }
  }

  /// Of `topics plan --acls` and `topics apply --acls`, which names principals of the role.
  public String option() {
    return switch (this) {
      case ADMINISTRATOR -> "--administrators";
      case COLLECTOR -> "--collectors";
      case TOPOLOGY -> "--topology";
      case READER -> "--readers";
      case AUDITOR -> "--auditors";
      case DECIDER -> "--deciders";
    };
  }

  /// As in the table of rights.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @param prefix of the names of all topics
  /// @param applicationId of the topology
  public abstract List<Right> rights(Topics topics, String prefix, String applicationId);

  private static Right read(Topic<?> topic) {
    return topics(PatternType.LITERAL, topic.name(), AclOperation.READ);
  }

  private static Right write(Topic<?> topic) {
    return topics(PatternType.LITERAL, topic.name(), AclOperation.WRITE);
  }

  private static Right topics(PatternType pattern, String name, AclOperation... operations) {
    return Right.of(new ResourcePattern(ResourceType.TOPIC, name, pattern), operations);
  }
}
