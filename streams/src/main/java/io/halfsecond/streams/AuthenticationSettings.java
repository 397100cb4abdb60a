package io.halfsecond.streams;

import io.halfsecond.schemas.auth.Authenticator;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.streams.telemetry.Authentication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether records must prove who they are from.
///
/// @param secretsFile the fleet's secrets, read again when the file changes
public record AuthenticationSettings(Mode mode, Optional<Path> secretsFile) {
  private static final Logger LOG = LoggerFactory.getLogger(AuthenticationSettings.class);

  /// The values of the key `stream.authentication`.
  public enum Mode {
    /// `PREFER` with a secrets file, else `OFF`.
    AUTO,
    /// Codes are not looked at.
    OFF,
    /// A record without a code is taken unless its host has ever sent a right one.
    PREFER,
    /// Only records with a right code are taken.
    REQUIRED
  }

  /// Codes are not looked at.
  public static final AuthenticationSettings NONE =
      new AuthenticationSettings(Mode.OFF, Optional.empty());

  public AuthenticationSettings {
    if (secretsFile.isEmpty() && (mode == Mode.PREFER || mode == Mode.REQUIRED)) {
      throw new IllegalArgumentException(
          "stream.authentication needs stream.authentication-secrets-file");
    }
  }

  /// @throws UncheckedIOException if the secrets cannot be read; the message names the file
  Authentication open(InstantSource clock) {
    if (mode == Mode.OFF || secretsFile.isEmpty()) {
      return Authentication.OFF;
    }
    try {
      return new Authentication(
          Optional.of(
              new Authenticator(
                  new Reloaded<>(secretsFile.get(), FleetSecrets::read, clock, LOG::warn))),
          mode == Mode.REQUIRED);
    } catch (IOException e) {
      throw new UncheckedIOException("stream.authentication-secrets-file: " + e.getMessage(), e);
    }
  }
}
