package io.halfsecond.streams.window;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides which window of each host is displayed: the last complete one, or else the one that is
/// filling. A host that has been silent for the length of a window has none.
///
/// **Assumes** windows of one size, aligned to the epoch. Times are milliseconds since the epoch,
/// and `now` is wall-clock time. Not safe for use by several threads.
public final class Display {
  private record DatedWindow(long start, HostWindow window) {}

  private record NewestWindows(DatedWindow newest, Optional<DatedWindow> before) {}

  private final long sizeMillis;
  private final Map<String, NewestWindows> hosts = new HashMap<>();

  public Display(Duration size) {
    this.sizeMillis = size.toMillis();
  }

  /// The window of a host that begins at `start`, to add to; empty if two later ones have begun.
  public Optional<HostWindow> window(String host, long start) {
    var recent = hosts.get(host);
    if (recent == null || start > recent.newest.start) {
      var begun = new DatedWindow(start, HostWindow.empty());
      hosts.put(
          host, new NewestWindows(begun, Optional.ofNullable(recent).map(known -> known.newest)));
      return Optional.of(begun.window);
    }
    if (start == recent.newest.start) {
      return Optional.of(recent.newest.window);
    }
    var before = recent.before.filter(known -> known.start >= start);
    if (before.isPresent()) {
      return before.filter(known -> known.start == start).map(DatedWindow::window);
    }
    if (start != recent.newest.start - sizeMillis) {
      return Optional.empty();
    }
    var late = new DatedWindow(start, HostWindow.empty());
    hosts.put(host, new NewestWindows(recent.newest, Optional.of(late)));
    return Optional.of(late.window);
  }

  /// Forgets all windows.
  public void clear() {
    hosts.clear();
  }

  /// The hosts that may have a window to display.
  public Set<String> hosts() {
    return Set.copyOf(hosts.keySet());
  }

  /// The window of a host to display now. A host without one is forgotten.
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
