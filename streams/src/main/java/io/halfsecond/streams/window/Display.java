package io.halfsecond.streams.window;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides which window of each host is shown: the last complete one, else the one still filling,
/// and none once the host has been silent for a whole window.
///
/// **Assumes** windows of one size, aligned to the epoch. Times are milliseconds since the epoch,
/// `now` from the clock on the wall. Not safe for use by several threads.
public final class Display {
  private record Shown(long start, HostWindow window) {}

  private record Recent(Shown newest, Optional<Shown> before) {}

  private final long sizeMillis;
  private final Map<String, Recent> hosts = new HashMap<>();

  public Display(Duration size) {
    this.sizeMillis = size.toMillis();
  }

  /// A window of a host has changed. Windows older than the two newest of the host are ignored.
  public void update(String host, long start, HostWindow window) {
    var changed = new Shown(start, window);
    hosts.merge(
        host,
        new Recent(changed, Optional.empty()),
        (recent, first) -> {
          if (start > recent.newest.start) {
            return new Recent(changed, Optional.of(recent.newest));
          }
          if (start == recent.newest.start) {
            return new Recent(changed, recent.before);
          }
          return start == recent.newest.start - sizeMillis
              ? new Recent(recent.newest, Optional.of(changed))
              : recent;
        });
  }

  /// The hosts that may have something to show.
  public Set<String> hosts() {
    return Set.copyOf(hosts.keySet());
  }

  /// What to show of a host now. A host with nothing to show any more is forgotten.
  public Optional<HostWindow> shown(String host, long now) {
    var recent = hosts.get(host);
    if (recent == null) {
      return Optional.empty();
    }
    long end = recent.newest.start + sizeMillis;
    if (now >= end + sizeMillis) {
      hosts.remove(host);
      return Optional.empty();
    }
    if (now >= end) {
      return Optional.of(recent.newest.window);
    }
    return Optional.of(
        recent
            .before
            .filter(before -> before.start + sizeMillis == recent.newest.start)
            .orElse(recent.newest)
            .window);
  }
}
