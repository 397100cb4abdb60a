package io.halfsecond.streams.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Decides when blocks close for which no further measurement comes.
///
/// A block of a key closes with the next measurement of the key; or when the clock of its owner
/// (the newest event time of any of its records, heartbeats included) has passed the block by
/// [#straggling]; or when the owner has been silent for [#SILENCE] of wall clock. The wall clock
/// never reaches the detector: it only permits the block in which the owner's clock stopped to
/// close. So a replay of any speed gives the same alerts, unless a collector held back records of
/// that very block for longer than [#SILENCE].
final class Paces {
  /// Several missed heartbeats.
  static final Duration SILENCE = Duration.ofMinutes(2);

  /// The shortest block of a busy key. Due blocks are searched for that often, by event time.
  private static final Duration STEP = Duration.ofSeconds(5);

  /// The longest block.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /// The clock of an owner, up to when its blocks are closed, and when it was last heard by the
  /// wall clock.
  private static final class Pace {
    private Instant clock;
    private Instant closedTo = Instant.MIN;
    private long heardMillis;
    private final SortedSet<String> keys;

    private Pace(Instant clock, long heardMillis, SortedSet<String> keys) {
      this.clock = clock;
      this.heardMillis = heardMillis;
      this.keys = keys;
    }
  }

  private final Duration straggling;
  private final Function<String, SortedSet<String>> keysOf;
  private final Map<String, Pace> paces = new HashMap<>();

  /// @param straggling how far the owner's records may be shifted against each other before a block
  ///   closes without one
  /// @param keysOf lists the stored keys of an owner when it is first heard of
  Paces(Duration straggling, Function<String, SortedSet<String>> keysOf) {
    this.straggling = straggling;
    this.keysOf = keysOf;
  }

  int owners() {
    return paces.size();
  }

  /// The keys of an owner, in order.
  SortedSet<String> keys(String owner) {
    var pace = paces.get(owner);
    return pace == null ? keysOf.apply(owner) : pace.keys;
  }

  /// A record of the owner is dated `at`.
  void heard(String owner, Instant at, long nowMillis) {
    var pace = paces.computeIfAbsent(owner, _ -> new Pace(at, nowMillis, keysOf.apply(owner)));
    pace.clock = at.isAfter(pace.clock) ? at : pace.clock;
    pace.heardMillis = nowMillis;
  }

  /// A key of a known owner was measured.
  void measured(String owner, String key) {
    var pace = paces.get(owner);
    if (pace != null) {
      pace.keys.add(key);
    }
  }

  /// Up to when blocks of the owner are to be closed, if that is later than last time.
  Optional<Instant> due(String owner) {
    var pace = paces.get(owner);
    return pace == null ? Optional.empty() : due(pace, pace.clock.minus(straggling));
  }

  /// Owners that are silent, and up to when their blocks are to be closed.
  void silent(long nowMillis, BiConsumer<String, Instant> each) {
    paces.forEach(
        (owner, pace) -> {
          if (nowMillis - pace.heardMillis >= SILENCE.toMillis()) {
            due(pace, pace.clock.plus(LONGEST)).ifPresent(due -> each.accept(owner, due));
          }
        });
  }

  private static Optional<Instant> due(Pace pace, Instant at) {
    long step = STEP.toMillis();
    var due = Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), step) * step);
    if (!due.isAfter(pace.closedTo)) {
      return Optional.empty();
    }
    pace.closedTo = due;
    return Optional.of(due);
  }
}
