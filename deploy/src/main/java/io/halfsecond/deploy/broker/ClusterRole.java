package io.halfsecond.deploy.broker;

import io.halfsecond.collector.emit.RecordWriter;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.InputTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
      return Stream.concat(RecordWriter.topics(topics).stream(), Stream.of(topics.schemas()))
          .map(topic -> write(topic))
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
              PatternType.LITERAL, topics.schemas().name(), AclOperation.READ, AclOperation.WRITE));
      rights.add(
          topics(
              PatternType.PREFIXED,
              applicationId + "-",
              AclOperation.CREATE,
              AclOperation.READ,
              AclOperation.WRITE,
              AclOperation.DELETE));
      rights.add(
          new Right(
              new ResourcePattern(ResourceType.GROUP, applicationId, PatternType.LITERAL),
              List.of(AclOperation.READ)));
      rights.add(
          new Right(
              new ResourcePattern(
                  ResourceType.TRANSACTIONAL_ID, applicationId + "-", PatternType.PREFIXED),
              List.of(AclOperation.WRITE)));
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
              Stream.of(topics.alerts(), topics.hostFingerprint(), topics.schemas()),
              topics.alertsJson().stream());
      return Stream.concat(
              read.map(topic -> read(topic)),
              Stream.of(
                  new Right(
                      new ResourcePattern(
                          ResourceType.GROUP, ALERT_POSITIONS, PatternType.PREFIXED),
                      List.of(AclOperation.READ))))
          .toList();
    }
  },
  /// `halfsecond sessions`: who logged in, and what they ran, is for fewer people than alerts.
  AUDITOR {
    @Override
    public List<Right> rights(Topics topics, String prefix, String applicationId) {
      return Stream.of(topics.authTiming(), topics.sessionCpu(), topics.schemas())
          .map(topic -> read(topic))
          .toList();
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
              PatternType.LITERAL, topics.schemas().name(), AclOperation.READ, AclOperation.WRITE));
    }
  };

  /// What the groups begin with that keep how far alerts were read.
  public static final String ALERT_POSITIONS = "halfsecond-alerts-";

  /// Operations that are allowed on a resource.
  public record Right(ResourcePattern on, List<AclOperation> operations) {
    public Right {
      operations = List.copyOf(operations);
    }
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
    return new Right(
        new ResourcePattern(ResourceType.TOPIC, name, pattern), Arrays.asList(operations));
  }
}
