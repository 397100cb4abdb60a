package io.halfsecond.streams.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decides when a host has retired: nothing has come from it for [#AFTER], by event time. So a host
/// retires
///
/// - before it is judged again, if its next record is so much newer than its last one,
/// - or when the newest event time of all hosts of the partition has passed that time by [#LAG].
///
/// The second only says when the state goes, and the first what becomes of a host that returns. So
/// that depends on its own records alone, as long as no host is further behind the others than
/// [#LAG]; the interleaving of hosts, a restart and the number of partitions do not matter.
///
/// If the whole partition is silent, nobody retires: time stands still.
///
/// Not safe for use by several threads.
final class Retirement {
  /// As long as cohorts and histories remember a host, and as telemetry is accepted late.
  static final Duration AFTER = Duration.ofDays(30);

  /// A collector sends what has waited in its spool for up to 20 hours.
  static final Duration LAG = Duration.ofDays(1);

  /// How often all hosts are looked at.
  private static final Duration EVERY = Duration.ofHours(1);

  /// The newest event time of the partition when a host was last heard of.
  private final Map<String, Instant> heard = new HashMap<>();

  private Instant clock = Instant.MIN;
  private Instant due = Instant.MIN;

  /// Whether a host that was last heard of at `last` has retired before a record of it.
  static boolean hasRetired(Instant last, Instant record) {
    return !record.isBefore(last.plus(AFTER));
  }

  /// A record of a host has come.
  ///
  /// @return the hosts that have retired by then, in the order of their names
  List<String> heard(String host, Instant at) {
    advance(at);
    heard.put(host, clock);
    return gone();
  }

  /// As [#heard], of a record that is not taken.
  List<String> passTo(Instant at) {
    advance(at);
    return gone();
  }

  private void advance(Instant at) {
    clock = at.isAfter(clock) ? at : clock;
  }

  private List<String> gone() {
    if (clock.isBefore(due)) {
      return List.of();
    }
    due = clock.plus(EVERY);
    var before = clock.minus(AFTER).minus(LAG);
    return heard.entrySet().stream()
        .filter(known -> !known.getValue().isAfter(before))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /// A host that is in the stores after a restart.
  ///
  /// @param last its newest event time
  void resume(String host, Instant last) {
    advance(last);
    heard.put(host, last);
  }

  void forget(String host) {
    heard.remove(host);
  }
}
