package io.halfsecond.collector.sink;

import java.time.Duration;
import java.time.Instant;

/// A destination for encoded records. It does not know what they mean.
///
/// **Guarantees** each record that was sent is answered exactly once; records of one topic arrive
/// in the order in which they were sent. Used by one thread, except [#close].
public interface Sink {
  /// One encoded record.
  ///
  /// @param at the event time
  /// @param mac value of the header [io.halfsecond.schemas.auth.Sealer#HEADER]; empty for none
  @SuppressWarnings("ArrayRecordComponent") // records are never compared
  record EncodedRecord(String topic, String key, Instant at, byte[] value, byte[] mac) {}

  /// Why a record was not delivered.
  enum Failure {
    /**
     * The sink has no room, or cannot reach its destination. The record may be sent again. This
     * alone is reported before [#send] returns.
     */
    BUSY,
    /** It was not acknowledged in time. */
    TIMEOUT,
    /** The destination refused it. */
    REJECTED
  }

  /// Takes the answer for one record, on any thread.
  interface Receipt {
    void acknowledged();

    void failed(Failure failure, Exception cause);
  }

  /// Hands over a record. May block for some seconds.
  ///
  /// @throws InterruptedException if the thread was interrupted; the record was not taken then, and
  ///   there is no answer
  void send(EncodedRecord message, Receipt receipt) throws InterruptedException;

  /// Waits until all records that were sent are answered.
  void flush() throws InterruptedException;

  /// Waits at most this long for the answers that are missing, and closes.
  void close(Duration timeout);
}
