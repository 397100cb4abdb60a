package io.halfsecond.streams.telemetry;

/// A record that can be read but cannot be true. The message says which field and why, never a user
/// or an address.
public final class InsaneRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InsaneRecordException(String message) {
    super(message);
  }
}
