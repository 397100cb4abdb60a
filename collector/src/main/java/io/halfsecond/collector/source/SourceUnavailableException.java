package io.halfsecond.collector.source;

/// A source cannot work on this host as this user. The message is for the person who runs the
/// collector: what is missing (a capability by its name, a file by its path), and what would give
/// it.
public final class SourceUnavailableException extends Exception {
  public SourceUnavailableException(String message) {
    super(message);
  }

  public SourceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
