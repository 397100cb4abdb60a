package io.halfsecond.streams.telemetry;

/// A record is readable but cannot be true. The message names the field and the reason, never a
/// user name or an address.
public final class InsaneRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InsaneRecordException(String message) {
    super(message);
  }
}
