package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.ConfigurationException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.kafka.common.errors.TimeoutException;

/// What a command says when it fails.
final class Explanation {
  private Explanation() {}

  /// @param command its name with those of the commands above it
  /// @return the exit status
  static int print(Exception e, String command, PrintWriter err) {
    if (e instanceof ConfigurationException wrong) {
      wrong.problems().forEach(problem -> err.println("halfsecond: " + problem));
      return ExitStatus.USAGE;
    }
    err.println(command + ": " + reason(e));
    return ExitStatus.FINDING_OR_FAILURE;
  }

  /// The message of an exception, and those of its causes that say more.
  private static String reason(Exception e) {
    var message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      var more = cause.getMessage();
      if (more != null && !message.contains(more)) {
        message = message + ": " + more;
      }
    }
    return switch (e) {
      case NoSuchFileException _ -> message + ": no such file";
      case TimeoutException _ ->
          message + "; check that Kafka runs and that --bootstrap-servers names it";
      default -> message;
    };
  }
}
