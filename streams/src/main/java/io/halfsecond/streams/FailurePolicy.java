package io.halfsecond.streams;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides what happens when a stream thread fails.
///
/// | cause | response | reason |
/// |---|---|---|
/// | a retriable Kafka error, a transaction aborted or fenced, a task lost, corrupted or locked | a new thread | the cause may be transient; the transaction is rolled back, so nothing is lost or duplicated |
/// | the same more than [#REPLACEMENTS] times in [#WINDOW] | this instance stops | the cause is not transient; another instance, or a restart, may succeed |
/// | authentication, authorisation, another instance of the same name | this instance stops | a person must act |
/// | anything else, for example a missing topic, a state of a newer version or a defect | this instance stops | a new thread would fail again; other instances may run another version |
///
/// Whoever runs this instance starts it again where the cause may pass.
///
/// It never stops the whole application: a bad disk of one instance must not stop the others.
/// Records that are unreadable or cannot be true do not fail a thread: they become dead letters.
final class FailurePolicy implements StreamsUncaughtExceptionHandler {
  static final int REPLACEMENTS = 10;
  static final Duration WINDOW = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

  private final InstantSource clock;
  private final ArrayDeque<Instant> replacements = new ArrayDeque<>();
  private @Nullable Throwable last;

  FailurePolicy(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
    last = failure;
    if (!transientCause(failure)) {
      LOG.error("A stream thread failed permanently. This instance stops.", failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    var now = clock.instant();
    while (!replacements.isEmpty() && replacements.peekFirst().isBefore(now.minus(WINDOW))) {
      replacements.removeFirst();
    }
    if (replacements.size() >= REPLACEMENTS) {
      LOG.error(
          "Stream threads failed more than {} times within {}. This instance stops.",
          REPLACEMENTS,
          WINDOW,
          failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    replacements.addLast(now);
    LOG.warn("A stream thread failed, perhaps temporarily. A new thread replaces it.", failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /// The last failure of a thread; empty if there was none. Kafka Streams stops this instance too
  /// if the thread is one that it cannot replace.
  synchronized Optional<Throwable> last() {
    return Optional.ofNullable(last);
  }

  private static boolean transientCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AuthenticationException _, AuthorizationException _, FencedInstanceIdException _ -> {
          return false;
        }
        case RetriableException _,
            ApplicationRecoverableException _,
            TransactionAbortableException _,
            TransactionAbortedException _,
            // The broker has ended the transaction while the answer was lost: it is committed or
            // rolled back, and a new producer goes on from there.
            InvalidTxnStateException _,
            UnknownProducerIdException _,
            OutOfOrderSequenceException _,
            TaskMigratedException _,
            TaskCorruptedException _,
            LockException _ -> {
          return true;
        }
        default -> {
          // Its cause decides.
        }
      }
    }
    return false;
  }
}
