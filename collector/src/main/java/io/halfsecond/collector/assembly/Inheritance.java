package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.KernelEvent.FoundProcess;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The connections of the run before, until each is found again or given up.
final class Inheritance {
  private final Map<Integer, OpenConnection> awaited = new HashMap<>();
  private final boolean sameBoot;
  private final long foundByNanos;
  private long followed;
  private long sessions;
  private long authentications;
  private boolean settled;

  /// @param foundByNanos every connection that still runs has been found by then
  Inheritance(EarlierRun before, long foundByNanos) {
    before.open().forEach(each -> awaited.put(each.key().monitorPid(), each));
    this.sameBoot = before.sameBoot();
    this.foundByNanos = foundByNanos;
  }

  /// Those of which it is not known yet.
  Collection<OpenConnection> awaited() {
    return Collections.unmodifiableCollection(awaited.values());
  }

  /// What the run before knew of a connection that was found.
  Optional<OpenConnection> claim(FoundProcess monitor) {
    var known =
        Optional.ofNullable(awaited.get(monitor.pid()))
            .filter(_ -> sameBoot)
            .filter(each -> monitor.isSameStart(each.key().bornNanos()));
    known.ifPresent(
        each -> {
          awaited.remove(each.key().monitorPid());
          followed++;
        });
    return known;
  }

  /// Gives up those that were not found, once they would have been.
  void advanceTo(long now) {
    if (settled || now < foundByNanos) {
      return;
    }
    settled = true;
    sessions = awaited.values().stream().filter(OpenConnection::authenticated).count();
    authentications = awaited.size() - sessions;
    awaited.clear();
  }

  /// Empty as long as one may still be found.
  Optional<LeftOpen> result() {
    return settled
        ? Optional.of(new LeftOpen(followed, sessions, authentications))
        : Optional.empty();
  }
}
