package io.halfsecond.deploy.api;

import io.halfsecond.deploy.http.Section;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.streams.FleetQueries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// The API as a part of the HTTP server.
public final class ApiServer {
  private static final int TOKEN_BYTES = 32;

  private ApiServer() {}

  /// @param token file with the token; it is made if there is none
  /// @param https whether the other instances answer over HTTPS, as this one does
  /// @param trusted their authorities; empty for Java's own
  /// @throws IOException if the token cannot be read or made; the message names the file
  public static Section section(
      FleetQueries queries, Path token, boolean https, Optional<SSLContext> trusted)
      throws IOException {
    return new Section(
        Routes.PREFIX, new Api(queries, new Peers(https, trusted)), new Caller(token(token)));
  }

  private static String token(Path file) throws IOException {
    if (Files.notExists(file)) {
      var random = new byte[TOKEN_BYTES];
      new SecureRandom().nextBytes(random);
      var made = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
      try {
        SecretFile.create(file, made.getBytes(StandardCharsets.US_ASCII));
      } catch (FileAlreadyExistsException _) {
        // Another instance on this machine has made it meanwhile.
      }
    }
    var token = SecretFile.text(file);
    if (token.isEmpty()) {
      throw new IOException(file + " is empty; remove it, and a token is made");
    }
    return token;
  }
}
