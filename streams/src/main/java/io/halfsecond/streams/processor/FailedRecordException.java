package io.halfsecond.streams.processor;

/// A record could not be handled: a defect of this program. It carries what Kafka Streams would not
/// hand to its handler of failed records.
final class FailedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private FailedRecordException(Throwable cause) {
    super(cause.toString(), cause);
  }

  /// Handles one record. Kafka Streams ends its thread on a [ClassCastException], and on every
  /// error. Those that come of one record alone are passed on as a failure of that record.
  static void handle(Runnable record) {
    try {
      record.run();
    } catch (ClassCastException | StackOverflowError | AssertionError e) {
      throw new FailedRecordException(e);
    }
  }
}
