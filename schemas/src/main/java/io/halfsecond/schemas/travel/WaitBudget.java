package io.halfsecond.schemas.travel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/// How long to wait for schemas that are not there yet.
///
/// **Guarantees** whatever fingerprints records name, nobody waits longer than [#total] within
/// [#WINDOW], or longer than [#patience] for one of the last [#REMEMBERED] fingerprints. Several
/// who wait for the same one share its time. Not safe for use by several threads.
final class WaitBudget {
  static final Duration WINDOW = Duration.ofMinutes(10);
  static final int REMEMBERED = 1_000;

  private record Grant(long fingerprint, long atNanos, long nanos) {}

  private final long patience;
  private final long total;
  private final ArrayDeque<Grant> grants = new ArrayDeque<>();

  /// By fingerprint, until when to wait for it. Those that are over say that it was waited for.
  private final Map<Long, Long> deadlines =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// @param patience for one schema
  /// @param total for all within the window
  WaitBudget(Duration patience, Duration total) {
    this.patience = patience.toNanos();
    this.total = total.toNanos();
  }

  /// How long to wait for a schema from now on; not positive if it is not to be waited for.
  long nanosFor(long fingerprint, long nowNanos) {
    var deadline = deadlines.get(fingerprint);
    if (deadline != null) {
      return deadline - nowNanos;
    }
    grants.removeIf(grant -> nowNanos - grant.atNanos > WINDOW.toNanos());
    long left = total - grants.stream().mapToLong(Grant::nanos).sum();
    long granted = Math.min(patience, left);
    if (granted > 0) {
      grants.add(new Grant(fingerprint, nowNanos, granted));
      deadlines.put(fingerprint, nowNanos + granted);
    }
    return granted;
  }

  /// The schema has come: what was not used of its time is there for others.
  void arrived(long fingerprint, long nowNanos) {
    deadlines.remove(fingerprint);
    var used =
        grants.stream()
            .map(
                grant ->
                    grant.fingerprint == fingerprint
                        ? new Grant(
                            fingerprint,
                            grant.atNanos,
                            Math.min(grant.nanos, nowNanos - grant.atNanos))
                        : grant)
            .toList();
    grants.clear();
    grants.addAll(used);
  }
}
