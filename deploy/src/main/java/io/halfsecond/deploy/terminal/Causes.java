package io.halfsecond.deploy.terminal;

import java.net.ConnectException;
import java.util.Optional;

/// Why something has failed, for a person.
public final class Causes {
  private Causes() {}

  /// The message of an exception alone.
  public static String reason(Throwable failure) {
    // The JDK's exception for a refused connection has no message.
    return failure instanceof ConnectException
        ? "connection refused"
        : Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName());
  }

  /// The message of an exception, and those of its causes that say more.
  public static String text(Throwable failure) {
    var message =
        Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName());
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      var more = cause.getMessage();
      if (more != null && !message.contains(more)) {
        message = message + ": " + more;
      }
    }
    return message;
  }
}
