package io.halfsecond.deploy.service;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.FirstContact;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.schemas.UnreachableRegistryException;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.Waiting.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;

/// What to do about the failure that ended a topology, and whether it passes.
final class TopologyFailure {
  private static final String RESUMES = "it resumes where it stopped";
  private static final String RIGHTS = MissingRights.remedy(ClusterRole.TOPOLOGY, Optional.empty());

  /// The failure itself names its remedy.
  private static final String SAID = "";

  /// A kind of failure and its remedy.
  ///
  /// @param of whether a failure, or one of its causes, is of this kind
  /// @param reason for which the topology waits until it is mended; empty if it then has to be
  ///   started anew, with other settings or another version
  private record Remedy(Predicate<Throwable> of, Optional<Reason> reason, String text) {
    private static Remedy waiting(Predicate<Throwable> of, Reason reason, String text) {
      return new Remedy(of, Optional.of(reason), text);
    }

    private static Remedy ending(Predicate<Throwable> of, String text) {
      return new Remedy(of, Optional.empty(), text);
    }
  }

  /// The first that applies counts. Kafka Streams wraps what it meets, so kinds that wrap others
  /// come last.
  private static final List<Remedy> REMEDIES =
      List.of(
          Remedy.ending(
              says("has invalid partitions"),
              "the partitions of the topics were changed; " + TopicPlan.PROCEDURE),
          Remedy.ending(says(TopicPlan.PROCEDURE), "the topology cannot run on these topics"),
          Remedy.ending(TopologyFailure::isMismatch, "the settings do not fit the brokers"),
          Remedy.waiting(
              is(FirstContact.UnusableException.class).and(says("certificate")),
              Reason.AUTHENTICATION,
              SAID),
          Remedy.waiting(is(FirstContact.UnusableException.class), Reason.BROKER, SAID),
          Remedy.waiting(says("halfsecond topics apply --acls"), Reason.AUTHORIZATION, SAID),
          Remedy.waiting(says("halfsecond topics apply"), Reason.TOPICS, SAID),
          Remedy.waiting(
              is(UnreachableRegistryException.class),
              Reason.SCHEMA_REGISTRY,
              "start the schema registry, or set schema.registry.url to where it is"),
          Remedy.waiting(
              is(MissingSourceTopicException.class).or(is(UnknownTopicOrPartitionException.class)),
              Reason.TOPICS,
              Remedies.TOPICS),
          // Neither names a resource.
          Remedy.waiting(
              is(TransactionalIdAuthorizationException.class),
              Reason.AUTHORIZATION,
              "it lacks Write on its transactional ids; " + RIGHTS),
          Remedy.waiting(
              says("TxnOffsetCommitResponse: Topic authorization failed"),
              Reason.AUTHORIZATION,
              "it lacks Read on a topic that it reads; " + RIGHTS),
          Remedy.waiting(
              is(AuthorizationException.class),
              Reason.AUTHORIZATION,
              "a right is missing; " + RIGHTS),
          Remedy.waiting(
              is(AuthenticationException.class),
              Reason.AUTHENTICATION,
              "Kafka does not accept the login; " + Remedies.LOGIN),
          Remedy.ending(
              is(FencedInstanceIdException.class),
              "another instance has the same stream.instance; give each a name of its own"),
          Remedy.waiting(
              is(InvalidReplicationFactorException.class).or(says("replication factor")),
              Reason.BROKER,
              "start the other brokers, or set topics.replication-factor to at most their number"),
          Remedy.ending(
              is(UnsatisfiedLinkError.class),
              "a library cannot be loaded; set stream.state-directory to a directory on a file"
                  + " system that permits executing files"),
          Remedy.waiting(
              says("No space left on device").or(says("Read-only file system")),
              Reason.STATE_DISK,
              "free space where stream.state-directory is, so that it can be written; " + RESUMES),
          Remedy.ending(
              says(", known is "),
              "its state was written by another version; run that version, or set another"
                  + " stream.application-id, which builds new state from the telemetry"),
          Remedy.ending(
              is(LockException.class), "another process uses stream.state-directory; stop it"),
          Remedy.waiting(
              is(ProcessorStateException.class),
              Reason.STATE_DISK,
              "the local stores cannot be used; if this stays, delete stream.state-directory: they"
                  + " are restored from Kafka"),
          Remedy.waiting(
              is(RetriableException.class), Reason.BROKER, Remedies.BROKER + "; " + RESUMES));

  private TopologyFailure() {}

  /// The cause and the remedy, on one line.
  static String explain(Throwable failure) {
    return remedy(failure)
        .map(
            remedy ->
                firstLine(last(failure, remedy.of()))
                    + (remedy.text().equals(SAID) ? "" : ": " + remedy.text()))
        .orElseGet(() -> firstLine(last(failure, _ -> true)) + ": the log has more; " + RESUMES);
  }

  /// What the topology waits for until it starts again by itself; empty if that would not help.
  static Optional<Waiting> waiting(Throwable failure) {
    return remedy(failure)
        .map(Remedy::reason)
        .orElse(Optional.of(Reason.RESTARTING))
        .map(reason -> new Waiting(reason, explain(failure)));
  }

  private static Optional<Remedy> remedy(Throwable failure) {
    return REMEDIES.stream().filter(remedy -> causes(failure).anyMatch(remedy.of())).findFirst();
  }

  private static Throwable last(Throwable failure, Predicate<Throwable> kind) {
    return causes(failure).filter(kind).reduce((_, last) -> last).orElse(failure);
  }

  private static boolean isMismatch(Throwable failure) {
    return failure instanceof FirstContact.UnusableException unusable && !unusable.passes();
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
