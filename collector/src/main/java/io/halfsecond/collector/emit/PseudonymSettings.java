package io.halfsecond.collector.emit;

import java.nio.file.Path;
import java.util.Optional;

/// Whether and how user names and addresses are replaced by pseudonyms.
///
/// @param enabled whether pseudonyms are sent; names themselves are never sent
/// @param keyFile a key shared with other hosts; empty makes one in the state directory
public record PseudonymSettings(boolean enabled, Optional<Path> keyFile) {
  /// With a key of this host's own.
  public static PseudonymSettings defaults() {
    return new PseudonymSettings(true, Optional.empty());
  }
}
