package io.halfsecond.streams.telemetry;

/// A record is readable but cannot be true. The message names the field and the reason, never a
/// user name or an address.
public final class InsaneRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What cannot be true.
  public enum Kind {
    /** There is no value: a tombstone. */
    NO_VALUE,
    /** The key is not that of the value. */
    KEY,
    /** The event time is out of bounds: the clock of a host is wrong. */
    TIME,
    /** It is not from who it says it is from. */
    ORIGIN,
    /** It is of one host more than are kept. */
    HOST,
    /** Processes have died while they handled it. */
    FATAL,
    /** Any other field. */
    VALUE
  }

  private final Kind kind;

  InsaneRecordException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// The record ends whoever handles it.
  ///
  /// @param deaths how often that was seen
  public static InsaneRecordException fatal(int deaths) {
    return new InsaneRecordException(
        Kind.FATAL,
        "this instance has ended %d times while it handled the record".formatted(deaths));
  }

  public Kind kind() {
    return kind;
  }
}
