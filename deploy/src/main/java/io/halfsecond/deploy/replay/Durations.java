package io.halfsecond.deploy.replay;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Outcome;

/// Counts the connections of a log that have no duration, by the reason.
///
/// Not safe for use by several threads.
public final class Durations {
  /// @param scans they ended before a key exchange
  /// @param undecided the log does not say how they ended
  /// @param ofOneMoment all of their lines have the same time, or there is only one
  /// @param beginnings lines that tell of the beginning of a connection
  public record Missing(long scans, long undecided, long ofOneMoment, long beginnings) {
    static final Missing NONE = new Missing(0, 0, 0, 0);
  }

  private long scans;
  private long undecided;
  private long ofOneMoment;

  void add(AuthTiming timing) {
    if (timing.getPreauthNanos().isPresent()) {
      return;
    }
    if (timing.getOutcome() == Outcome.NO_PREAUTH) {
      scans++;
    } else if (timing.getOutcome() == Outcome.UNKNOWN
        || timing.getDecidedAt().isAfter(timing.getConnectedAt())) {
      undecided++;
    } else {
      ofOneMoment++;
    }
  }

  /// @param beginnings lines that tell of the beginning of a connection
  Missing missing(long beginnings) {
    return new Missing(scans, undecided, ofOneMoment, beginnings);
  }
}
