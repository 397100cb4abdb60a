package io.halfsecond.deploy.service;

import io.halfsecond.deploy.broker.TopicPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;

/// What to do about the failure that ended a topology.
final class TopologyFailure {
  private static final String RESUMES = "a restart resumes where it stopped";

  /// A kind of failure and its remedy.
  ///
  /// @param of whether a failure, or one of its causes, is of this kind
  private record Remedy(Predicate<Throwable> of, String text) {}

  /// The first that applies counts. Kafka Streams wraps what it meets, so kinds that wrap others
  /// come last.
  private static final List<Remedy> REMEDIES =
      List.of(
          new Remedy(
              says("has invalid partitions"),
              "the partitions of the topics were changed; " + TopicPlan.PROCEDURE),
          new Remedy(
              is(MissingSourceTopicException.class).or(is(UnknownTopicOrPartitionException.class)),
              "a topic is missing; create it with halfsecond topics apply, then start again"),
          new Remedy(
              is(AuthorizationException.class),
              "a right is missing; see the rights of the topology in docs/security.md"),
          new Remedy(
              is(AuthenticationException.class),
              "Kafka does not accept the login; check kafka.security.protocol, kafka.sasl.* and"
                  + " kafka.ssl.*"),
          new Remedy(
              is(FencedInstanceIdException.class),
              "another instance has the same stream.instance; give each a name of its own"),
          new Remedy(
              is(InvalidReplicationFactorException.class).or(says("replication factor")),
              "set topics.replication-factor to at most the number of brokers"),
          new Remedy(
              is(UnsatisfiedLinkError.class),
              "a library cannot be loaded; set stream.state-directory to a directory on a file"
                  + " system that permits executing files"),
          new Remedy(
              says("No space left on device"),
              "free space where stream.state-directory is; " + RESUMES),
          new Remedy(
              says(", known is "),
              "its state was written by another version; run that version, or set another"
                  + " stream.application-id, which builds new state from the telemetry"),
          new Remedy(
              is(LockException.class), "another process uses stream.state-directory; stop it"),
          new Remedy(
              is(ProcessorStateException.class),
              "the local stores cannot be used; delete stream.state-directory: they are restored"
                  + " from Kafka"),
          new Remedy(
              is(RetriableException.class),
              "check that Kafka runs and can be reached; " + RESUMES));

  private TopologyFailure() {}

  /// The cause and the remedy, on one line.
  static String explain(Throwable failure) {
    for (var remedy : REMEDIES) {
      var cause = causes(failure).filter(remedy.of()).reduce((_, last) -> last);
      if (cause.isPresent()) {
        return firstLine(cause.get()) + ": " + remedy.text();
      }
    }
    return firstLine(causes(failure).reduce((_, last) -> last).orElse(failure))
        + ": the log has more; "
        + RESUMES;
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(20);
  }

  private static Predicate<Throwable> is(Class<? extends Throwable> kind) {
    return kind::isInstance;
  }

  private static Predicate<Throwable> says(String words) {
    return cause -> cause.getMessage() != null && cause.getMessage().contains(words);
  }

  /// Without Kafka's own advice, which names a tool that would delete the topology's state.
  private static String firstLine(Throwable cause) {
    return Optional.ofNullable(cause.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .map(line -> line.replaceFirst("\\.? ?Use '.*$", ""))
        .filter(line -> !line.isBlank())
        .orElse(cause.getClass().getSimpleName());
  }
}
