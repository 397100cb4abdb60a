package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.FirstContact.Answer;
import java.io.EOFException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// Says why a TLS handshake has failed, and what mends it.
final class Handshakes {
  /// What Java says of the other side's complaint.
  private static final String RECEIVED = "Received fatal alert: ";

  /// What Java says of an answer that is not of TLS.
  private static final String NO_TLS = "Unsupported or unrecognized SSL message";

  /// RFC 8446, section 6.2, and what TLS 1.2 says where a certificate is wanted.
  private static final Set<String> ABOUT_CERTIFICATES =
      Set.of(
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "certificate_required",
          "unknown_ca",
          "access_denied",
          "handshake_failure");

  private Handshakes() {}

  /// @return empty if the other side does not speak TLS
  static Optional<Answer> explain(SSLException failure) {
    var causes = causes(failure);
    var message = String.valueOf(failure.getMessage());
    if (has(causes, CertificateExpiredException.class)
        || has(causes, CertificateNotYetValidException.class)) {
      return untrusted(
          "has a certificate that is not valid now: " + causes.getLast().getMessage(),
          "renew the brokers' certificate, or set this machine's clock");
    }
    if (has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class)) {
      return untrusted(
          "has a certificate of an authority that is not trusted here: "
              + causes.getLast().getMessage(),
          "put the certificate of that authority into the file of kafka.ssl.truststore.location");
    }
    if (causes.getLast() instanceof CertificateException) {
      return untrusted(
          "has a certificate for other names: " + causes.getLast().getMessage(),
          "name the brokers in kafka.bootstrap.servers as their certificate does");
    }
    if (message.contains(RECEIVED)) {
      var alert = message.substring(message.indexOf(RECEIVED) + RECEIVED.length());
      return ABOUT_CERTIFICATES.contains(alert)
          ? untrusted(
              "does not take this client's certificate, or its want of one: " + alert,
              "set kafka.ssl.keystore.location to a certificate of an authority that the brokers"
                  + " trust")
          : untrusted("ends the TLS handshake: " + alert, "check kafka.ssl.* on both sides");
    }
    return has(causes, EOFException.class) || message.contains(NO_TLS)
        ? Optional.empty()
        : untrusted("cannot be spoken to in TLS: " + message, "check kafka.ssl.*");
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
  }

  private static boolean has(List<Throwable> causes, Class<?> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static Optional<Answer> untrusted(String why, String remedy) {
    return Optional.of(new Answer.Untrusted(why, remedy));
  }
}
