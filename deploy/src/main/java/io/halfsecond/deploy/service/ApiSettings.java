package io.halfsecond.deploy.service;

import java.nio.file.Path;
import java.util.Optional;

/// The query API of the topology.
///
/// @param token file with the token of those who ask; it is made if there is none
/// @param authorities of the certificates of other instances, in PEM; empty for Java's own
public record ApiSettings(Path token, Optional<Path> authorities) {
  private static final String OWN_TOKEN = "api-token";

  /// With a token of this instance alone.
  public static ApiSettings of(Path stateDirectory) {
    return new ApiSettings(ownToken(stateDirectory), Optional.empty());
  }

  static Path ownToken(Path stateDirectory) {
    return stateDirectory.resolve(OWN_TOKEN);
  }
}
