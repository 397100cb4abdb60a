package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.process.MappedIn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The files that this host's sshd consists of, and the platform that it runs on.
///
/// @param configSha256 of the listener's configuration with what it includes, see [SshdConfig];
///   empty if it could not be read
/// @param opensslVersion as libcrypto names itself; empty if it does not
/// @param listenerStartedAt rounded down to 10 ms; empty if nothing listens
/// @param monitorStartedAt likewise; empty if no monitor was sampled
/// @param mapped whether the listener's objects were read from its memory, and not only resolved
/// @param objects programs first, then libraries by path; both, if there are two versions of a path
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

  /// Whether the memory of such a process was read.
  public boolean shows(MappedIn process) {
    return switch (process) {
      case LISTENER -> mapped;
      case MONITOR -> monitorStartedAt.isPresent();
      case PREAUTH -> objects.stream().anyMatch(object -> object.mappedIn().contains(process));
    };
  }

  /// Whether nothing differs but the monitor that was sampled.
  public boolean sameAs(Fingerprint other) {
    return withoutMonitor().equals(other.withoutMonitor());
  }

  private Fingerprint withoutMonitor() {
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
