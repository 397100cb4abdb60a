package io.halfsecond.collector.inventory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What this host's sshd is made of and runs on. Two that are equal say that nothing has changed.
///
/// @param configSha256 of the listener's configuration file; empty if it could not be read
/// @param opensslVersion as libcrypto names itself; empty if it does not
/// @param listenerStartedAt empty if nothing listens
/// @param mapped whether the listener's objects were seen in its memory, and not only resolved
/// @param objects programs first, then libraries by path
public record Fingerprint(Platform platform, String configSha256, String opensslVersion,
  Optional<Instant> listenerStartedAt, boolean mapped, List<SshdObject> objects) {
  public Fingerprint {
    objects = List.copyOf(objects);
  }
}
