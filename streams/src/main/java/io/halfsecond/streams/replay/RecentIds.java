package io.halfsecond.streams.replay;

import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;

/// The ids of the records of one host, of the last one to two days by the event time of the host.
///
/// The topology uses the time of the partition instead. Here the files of hosts may be read one
/// after the other, and the records of the second host must not count as late.
final class RecentIds {
  private static final class Generation {
    private final IdSet authentications = new IdSet();
    private final IdSet sessions = new IdSet();
    private final IdSet probes = new IdSet();
    private final IdSet selfTests = new IdSet();
    private final IdSet evidence = new IdSet();

    private boolean add(Telemetry.Id id) {
      return of(id.kind()).add(id.subject());
    }

    private boolean contains(Telemetry.Id id) {
      return of(id.kind()).contains(id.subject());
    }

    private IdSet of(Telemetry.Id.Kind kind) {
      return switch (kind) {
        case AUTHENTICATION -> authentications;
        case SESSION -> sessions;
        case PROBE -> probes;
        case SELF_TEST -> selfTests;
        case EVIDENCE -> evidence;
      };
    }
  }

  private Instant begun = Instant.MIN;
  private Generation younger = new Generation();
  private Generation older = new Generation();

  /// @param clock the newest event time of the host
  /// @return whether the id is new
  boolean add(Telemetry.Id id, Instant clock) {
    if (!clock.isBefore(begun.plus(Telemetry.Id.REMEMBERED))) {
      older = younger;
      younger = new Generation();
      begun = clock;
    }
    return !older.contains(id) && younger.add(id);
  }
}
