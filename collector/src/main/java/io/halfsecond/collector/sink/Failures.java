package io.halfsecond.collector.sink;

import io.halfsecond.collector.sink.Sink.Failure;
import io.halfsecond.schemas.Waiting;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// What a failure of Kafka's producer means for a record.
final class Failures {
  private static final String NOT_IN_METADATA = "not present in metadata";

  private Failures() {}

  /// @param untaken whether the producer did not take the record
  static Failure of(Exception cause, boolean untaken) {
    return switch (cause) {
      // Only these are about the record alone. Its companions in the batch get a KafkaException.
      case RecordTooLargeException _ -> Failure.REJECTED;
      case InvalidTimestampException _ -> Failure.REJECTED;
      case InvalidRecordException _ -> Failure.REJECTED;
      case SerializationException _ -> Failure.REJECTED;
      // The producer asks for its id as fast as the broker answers: it must not go on.
      case ClusterAuthorizationException _ -> Failure.LOST;
      case AuthorizationException _ -> Failure.REFUSED;
      case UnknownTopicOrPartitionException _ -> Failure.REFUSED;
      case InvalidTopicException _ -> Failure.REFUSED;
      case AuthenticationException _ -> Failure.LOST;
      case TimeoutException _ -> untaken ? Failure.BUSY : Failure.LOST;
      default -> Failure.LOST;
    };
  }

  /// What a failure means for whoever waits.
  static Waiting obstacle(Exception cause) {
    var reason =
        switch (cause) {
          case AuthenticationException _ -> Waiting.Reason.AUTHENTICATION;
          case AuthorizationException _ -> Waiting.Reason.AUTHORIZATION;
          case UnknownTopicOrPartitionException _, InvalidTopicException _ -> Waiting.Reason.TOPICS;
          default -> Waiting.Reason.BROKER;
        };
    return new Waiting(reason, text(cause));
  }

  /// Kafka's own words may name no topic, and never the operation.
  private static String text(Exception cause) {
    return cause instanceof TopicAuthorizationException refused
            && !refused.unauthorizedTopics().isEmpty()
        ? "this user lacks Write on "
            + refused.unauthorizedTopics().stream().sorted().collect(Collectors.joining(", "))
        : Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  /// Whether it says that a user may not log in, or may not do something.
  static boolean isRefusal(Exception cause) {
    return cause instanceof AuthenticationException || cause instanceof AuthorizationException;
  }

  /// Whether the producer does not know the topic: the brokers have not told it, or cannot.
  static boolean isUnknownTopic(Exception cause) {
    return cause instanceof TimeoutException
        && String.valueOf(cause.getMessage()).contains(NOT_IN_METADATA);
  }
}
