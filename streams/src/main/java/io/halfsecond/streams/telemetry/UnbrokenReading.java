package io.halfsecond.streams.telemetry;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Since when the topology reads without a break what collectors write. Only then does it mean
/// something that nothing comes from a host.
///
/// Reading is broken while no fetch is answered, while there is a backlog, and while nobody has
/// looked for longer than [#LONGEST_PAUSE]: the process was stopped, or its clock has jumped.
///
/// Not safe for use by several threads.
public final class UnbrokenReading {
  /// Twice the time between two looks. An idle consumer's fetch is answered after half a second.
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /// Records of a partition that are handled within a second or so.
  static final double MOST_BEHIND = 1_000;

  /// How far a consumer has come.
  ///
  /// @param fetches that were answered
  /// @param behind records that it has not fetched, the most of any partition; not a number if none
  ///   came
  public record Progress(double fetches, double behind) {}

  private double fetches = Double.NaN;
  private long atMillis = Long.MIN_VALUE;
  private OptionalLong sinceMillis = OptionalLong.empty();

  /// Looks at the consumer.
  ///
  /// @param progress empty if it is not known
  /// @return since when reading is unbroken; empty if it is not
  public OptionalLong look(long nowMillis, Optional<Progress> progress) {
    // False for the first look, which has nothing to compare with.
    boolean reads =
        progress
            .filter(now -> now.fetches() > fetches && !(now.behind() > MOST_BEHIND))
            .isPresent();
    boolean paused = nowMillis < atMillis || nowMillis - atMillis > LONGEST_PAUSE.toMillis();
    fetches = progress.map(Progress::fetches).orElse(Double.NaN);
    atMillis = nowMillis;
    if (!reads || paused) {
      sinceMillis = OptionalLong.empty();
    } else if (sinceMillis.isEmpty()) {
      sinceMillis = OptionalLong.of(nowMillis);
    }
    return sinceMillis;
  }
}
