package io.halfsecond.deploy.api;

import io.halfsecond.deploy.http.Section;
import io.halfsecond.streams.FleetQueries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// The API as a part of the HTTP server.
public final class ApiServer {
  private ApiServer() {}

  /// @param token file with the token; it is made if there is none
  /// @param https whether the other instances answer over HTTPS, as this one does
  /// @param trusted their authorities; empty for Java's own
  /// @throws IOException if the token cannot be read or made; the message names the file
  public static Section section(
      FleetQueries queries, Path token, boolean https, Optional<SSLContext> trusted)
      throws IOException {
    return new Section(
        Routes.PREFIX,
        new Api(queries, new Peers(https, trusted)),
        new Caller(ApiToken.readOrMake(token)));
  }
}
