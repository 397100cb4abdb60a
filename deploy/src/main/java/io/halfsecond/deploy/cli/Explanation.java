package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.schemas.Printable;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// What a command says when it fails.
final class Explanation {
  private Explanation() {}

  /// @param command its name with those of the commands above it
  /// @return the exit status
  static int print(Exception e, String command, PrintWriter err) {
    if (e instanceof ConfigurationException wrong) {
      wrong.problems().forEach(problem -> err.println("halfsecond: " + Printable.lines(problem)));
      return ExitStatus.USAGE;
    }
    err.println(command + ": " + reason(e));
    return ExitStatus.FINDING_OR_FAILURE;
  }

  private static String reason(Exception e) {
    var message = Printable.lines(Causes.text(e));
    return switch (e) {
      case NoSuchFileException _ -> message + ": no such file";
      case TimeoutException _ ->
          message
              + "; the brokers answer at first: check that the addresses that they advertise"
              + " (advertised.listeners) can be reached from here, and that the cluster is healthy";
      case UnsupportedVersionException _ ->
          message
              + "; name a port of a broker with --bootstrap-servers: this one may be a"
              + " controller's";
      case SaslAuthenticationException _ ->
          message + "; check kafka.sasl.mechanism and the user of kafka.sasl.jaas.config-file";
      case SslAuthenticationException _ ->
          message
              + "; check that kafka.ssl.truststore.location has the authority of the brokers'"
              + " certificates, and for mutual TLS kafka.ssl.keystore.location";
      case AuthorizationException _ ->
          message + "; this user lacks a right: halfsecond topics plan --acls says who needs which";
      default -> message;
    };
  }
}
