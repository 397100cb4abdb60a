package io.halfsecond.collector.sink;

import io.halfsecond.schemas.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A destination for encoded records. It does not know what they mean.
///
/// **Guarantees** each record that was sent is answered exactly once. Records of one topic arrive
/// in the order in which they were sent: once one is answered with a failure other than
/// [Failure#REJECTED], none of its topic that was sent before that answer arrives after it. Used by
/// one thread, except [#close].
public interface Sink {
  /// One encoded record.
  ///
  /// @param at the timestamp on the topic
  /// @param mac value of the header [io.halfsecond.schemas.auth.Sealer#HEADER]; empty for none
  @SuppressWarnings("ArrayRecordComponent") // records are never compared
  record EncodedRecord(String topic, String key, Instant at, byte[] value, byte[] mac) {
    /// Without a code: a record gets it when it is sent.
    public EncodedRecord(String topic, String key, Instant at, byte[] value) {
      this(topic, key, at, value, new byte[0]);
    }
  }

  /// Why a record was not delivered.
  enum Failure {
    /** The sink has no room, or does not know the topic yet. Nothing was sent. */
    BUSY,
    /** The destination refuses the topic; it may be granted, or made. */
    REFUSED,
    /** The record may or may not have arrived: send it again. */
    LOST,
    /** This record can never be delivered. */
    REJECTED
  }

  /// Takes the answer for one record, on any thread.
  interface Receipt {
    void acknowledged();

    void failed(Failure failure, Exception cause);
  }

  /// Why records are not taken, as far as the sink knows.
  ///
  /// @param cause the last failure that a receipt was given; empty while no answer comes
  default Waiting obstacle(Optional<Exception> cause) {
    return new Waiting(
        Waiting.Reason.BROKER, cause.map(Exception::toString).orElse("nobody answers"));
  }

  /// Hands over a record. Does not wait for anything.
  void send(EncodedRecord message, Receipt receipt);

  /// Finds out whether the destination can still be reached by what the sink has; called about once
  /// a second while answers are missing.
  default void check() {}

  /// Waits at most this long for the answers that are missing, and closes.
  void close(Duration timeout);
}
