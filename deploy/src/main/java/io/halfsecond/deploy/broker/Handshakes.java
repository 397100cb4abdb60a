package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.FirstContact.Answer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Says why a TLS handshake has failed, and what mends it.
final class Handshakes {
  /// What Java says of the other side's complaint.
  private static final String RECEIVED = "Received fatal alert: ";

  private Handshakes() {}

  /// @return empty if the other side does not speak TLS
  static Optional<Answer> explain(SSLException failure) {
    Throwable innermost = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return untrusted(
            "has a certificate that is not valid now: " + cause.getMessage(),
            "renew the brokers' certificate, or set this machine's clock");
      }
      if (cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return untrusted(
            "has a certificate of an authority that is not trusted here: " + cause.getMessage(),
            "put the certificate of that authority into the file of"
                + " kafka.ssl.truststore.location");
      }
      innermost = cause;
    }
    if (innermost instanceof CertificateException) {
      return untrusted(
          "has a certificate for other names: " + innermost.getMessage(),
          "name the brokers in kafka.bootstrap.servers as their certificate does");
    }
    var message = String.valueOf(failure.getMessage());
    int said = message.indexOf(RECEIVED);
    return said < 0
        ? Optional.empty()
        : untrusted(
            "does not take this client's certificate, or its want of one: "
                + message.substring(said + RECEIVED.length()),
            "set kafka.ssl.keystore.location to a certificate of an authority that the brokers"
                + " trust");
  }

  private static Optional<Answer> untrusted(String why, String remedy) {
    return Optional.of(new Answer.Untrusted(why, remedy));
  }
}
