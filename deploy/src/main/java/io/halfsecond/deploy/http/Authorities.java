package io.halfsecond.deploy.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/// Whom a client of HTTPS trusts.
public final class Authorities {
  private Authorities() {}

  /// @param file certificates in PEM
  /// @throws IOException if it cannot be read or has none; the message names it
  public static SSLContext context(Path file) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, RenewedCertificate.trust(file), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no TLS", e);
    }
  }
}
