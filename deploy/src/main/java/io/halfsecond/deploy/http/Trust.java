package io.halfsecond.deploy.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Which authorities a client of HTTPS trusts.
public final class Trust {
  private Trust() {}

  /// @param authorities certificates in PEM; empty for Java's own
  /// @throws IOException if the file cannot be read or is no PEM; the message names it
  public static Optional<SSLContext> of(Optional<Path> authorities) throws IOException {
    if (authorities.isEmpty()) {
      return Optional.empty();
    }
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, RenewedCertificate.trust(authorities.get()), null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no TLS", e);
    }
  }
}
