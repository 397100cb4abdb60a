package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Four hours of three hosts. In the last forty minutes logins to one of them take 300 ms longer.
///
/// Each instance tells the same: every fault is judged by the same records.
final class Story {
  private static final Duration BEFORE = Duration.ofMinutes(200);
  private static final Duration SLOW = Duration.ofMinutes(40);
  private static final Duration SLOWED = SyntheticHost.USUAL_STARTUP.plusMillis(300);

  private final Instant change;
  private final SyntheticHost slow = new SyntheticHost("web-1", 1);
  private final List<SyntheticHost> steady =
      List.of(new SyntheticHost("web-2", 2), new SyntheticHost("web-3", 3));
  private long records;

  /// @param end of the story
  Story(Instant end) {
    this.change = end.minus(SLOW);
  }

  /// Until nothing has happened yet.
  void first(TelemetrySender sender) {
    tell(sender, change.minus(BEFORE), change, SyntheticHost.USUAL_STARTUP);
  }

  /// The rest.
  void second(TelemetrySender sender) {
    tell(sender, change, change.plus(SLOW), SLOWED);
  }

  private void tell(TelemetrySender sender, Instant from, Instant to, Duration startup) {
    told(sender, slow, from, to, startup);
    steady.forEach(host -> told(sender, host, from, to, SyntheticHost.USUAL_STARTUP));
  }

  private void told(
      TelemetrySender sender, SyntheticHost host, Instant from, Instant to, Duration startup) {
    int connections = sender.history(host, from, to, startup);
    // Two records of each connection, and the probe of each minute.
    records += 2L * connections + Duration.between(from, to).toMinutes();
    sender.send(host.account(to));
  }

  /// Whether a host is one of the story.
  static boolean isAbout(String host) {
    return host.startsWith("web-");
  }

  /// How many records were told, heartbeats apart.
  long records() {
    return records;
  }
}
