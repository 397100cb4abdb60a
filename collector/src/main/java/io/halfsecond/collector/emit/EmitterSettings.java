package io.halfsecond.collector.emit;

import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Reloaded;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.Sealer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How records are kept and named.
///
/// @param topicPrefix what the topics' names start with
/// @param queueCapacity records in memory, at most
/// @param spool empty for no spool: what is in memory is lost with the process
/// @param keyFile the key of this host, which makes the codes of its records; empty for no codes
public record EmitterSettings(
    String topicPrefix, int queueCapacity, Optional<SpoolSettings> spool, Optional<Path> keyFile) {
  private static final Logger LOG = LoggerFactory.getLogger(EmitterSettings.class);

  public EmitterSettings {
    if (queueCapacity < 1) {
      throw new IllegalArgumentException(
          "emitter.queueCapacity must be at least 1, not " + queueCapacity);
    }
  }

  /// 16,384 records, about 5 MiB; no spool.
  public static EmitterSettings defaults() {
    return new EmitterSettings(Topics.DEFAULT_PREFIX, 16_384, Optional.empty(), Optional.empty());
  }

  public EmitterSettings with(SpoolSettings kept) {
    return new EmitterSettings(topicPrefix, queueCapacity, Optional.of(kept), keyFile);
  }

  /// What makes the codes of this host's records. The key is read again when its file changes.
  ///
  /// @throws UncheckedIOException if the key cannot be read or is not that of this host; the
  ///   message names the file
  public Sealer sealer(String host, InstantSource clock) {
    if (keyFile.isEmpty()) {
      return Sealer.NONE;
    }
    try {
      return new KeySealer(
          new Reloaded<>(
              keyFile.get(),
              file -> AuthenticationKey.read(file).require(file, Role.HOST, Optional.of(host)),
              clock,
              LOG::warn));
    } catch (IOException e) {
      throw new UncheckedIOException("collector.authentication-key-file: " + e.getMessage(), e);
    }
  }
}
