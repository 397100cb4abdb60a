package io.halfsecond.collector.source.probe;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// How this host's sshd is probed.
///
/// @param target the server; empty for the sshd that listens on this host
/// @param interval the time between rounds, less up to a fifth at random
/// @param sshdCommand probe only an sshd whose command line contains this; empty for any
public record ProbeSettings(
    Optional<InetSocketAddress> target, Duration interval, String sshdCommand) {
  /// A round costs its source a penalty of 9 s, see [ProbeSchedule]; four fifths of this are 12 s.
  public static final Duration SHORTEST = Duration.ofSeconds(15);

  public ProbeSettings {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "probe interval must be at least %d s, not %s".formatted(SHORTEST.toSeconds(), interval));
    }
  }

  /// A round a minute, of any sshd that listens here.
  public static ProbeSettings defaults() {
    return new ProbeSettings(Optional.empty(), Duration.ofMinutes(1), "");
  }

  public ProbeSettings withTarget(InetSocketAddress address) {
    return new ProbeSettings(Optional.of(address), interval, sshdCommand);
  }

  public ProbeSettings withInterval(Duration length) {
    return new ProbeSettings(target, length, sshdCommand);
  }

  public ProbeSettings withSshdCommand(String text) {
    return new ProbeSettings(target, interval, text);
  }
}
