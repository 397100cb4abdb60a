package io.halfsecond.collector.inventory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What this host's sshd is made of and runs on.
///
/// @param configSha256 of the listener's configuration with what it includes, see [SshdConfig];
///   empty if it could not be read
/// @param opensslVersion as libcrypto names itself; empty if it does not
/// @param listenerStartedAt to 10 ms, rounded down; empty if nothing listens
/// @param monitorStartedAt likewise; empty if no monitor was looked at
/// @param mapped whether the listener's objects were seen in its memory, and not only resolved
/// @param objects programs first, then libraries by path; of one path in two states both
public record Fingerprint(
    Platform platform,
    String configSha256,
    String opensslVersion,
    Optional<Instant> listenerStartedAt,
    Optional<Instant> monitorStartedAt,
    boolean mapped,
    List<SshdObject> objects) {
  public Fingerprint {
    objects = List.copyOf(objects);
  }

  /// Whether the other says the same of this host: nothing has changed. Which monitor it was that
  /// was looked at is no change.
  public boolean sameAs(Fingerprint other) {
    return ofAnyMonitor().equals(other.ofAnyMonitor());
  }

  private Fingerprint ofAnyMonitor() {
    return new Fingerprint(
        platform,
        configSha256,
        opensslVersion,
        listenerStartedAt,
        Optional.empty(),
        mapped,
        objects);
  }
}
