package io.halfsecond.collector.source;

/// A source cannot run on this host as this user. The message says what is missing (a capability by
/// its name, a file by its path) and how to provide it.
public final class SourceUnavailableException extends Exception {
  public SourceUnavailableException(String message) {
    super(message);
  }

  public SourceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
