package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Decides when a block closes that no further measurement follows. A block of a key closes
///
/// - with the next measurement of the key,
/// - or when the clock of its owner (the newest event time of all its records) is [#straggling]
///   past the block,
/// - or when the owner has been silent for [#SILENCE] of wall clock.
///
/// The wall clock never reaches the detector. It only closes the block in which the clock of the
/// owner stopped. So a replay at any speed gives the same alerts, unless a collector withheld
/// records of that block for longer than [#SILENCE].
final class Paces {
  /// Long enough to miss several heartbeats.
  static final Duration SILENCE = Duration.ofMinutes(2);

  /// The shortest block of a busy key, and so the interval at which blocks are closed, by event
  /// time.
  private static final Duration STEP = Duration.ofSeconds(5);

  /// The longest block.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /// The clock of an owner, the time up to which its blocks are closed, and the wall clock at its
  /// last record.
  private static final class Pace {
    private Instant clock;
    private Instant closedTo = Instant.MIN;
    private long heardMillis;
    private final SortedSet<SignalKey> keys;

    private Pace(Instant clock, long heardMillis, SortedSet<SignalKey> keys) {
      this.clock = clock;
      this.heardMillis = heardMillis;
      this.keys = keys;
    }
  }

  private final Duration straggling;
  private final Function<String, SortedSet<SignalKey>> keysOf;
  private final Map<String, Pace> paces = new HashMap<>();

  /// @param straggling how far the records of an owner may be shifted against each other
  /// @param keysOf lists the stored keys of an owner, called once for each owner
  Paces(Duration straggling, Function<String, SortedSet<SignalKey>> keysOf) {
    this.straggling = straggling;
    this.keysOf = keysOf;
  }

  int owners() {
    return paces.size();
  }

  /// The keys of an owner, in order.
  SortedSet<SignalKey> keys(String owner) {
    var pace = paces.get(owner);
    return pace == null ? keysOf.apply(owner) : pace.keys;
  }

  /// The key of an owner with this subject.
  Optional<SignalKey> key(String owner, String subject) {
    return keys(owner).stream().filter(key -> key.subject().equals(subject)).findFirst();
  }

  /// A record of the owner has arrived, with event time `at`.
  void heard(String owner, Instant at, long nowMillis) {
    var pace = paces.computeIfAbsent(owner, _ -> new Pace(at, nowMillis, keysOf.apply(owner)));
    pace.clock = at.isAfter(pace.clock) ? at : pace.clock;
    pace.heardMillis = nowMillis;
  }

  /// An owner has retired.
  void forget(String owner) {
    paces.remove(owner);
  }

  /// The key of a measurement, from now on among the keys of its owner if that is known. It is the
  /// same object each time, so that its text is made once.
  SignalKey measured(String owner, Signal signal, String stratum) {
    var key = new SignalKey(owner, signal, stratum);
    var pace = paces.get(owner);
    if (pace == null) {
      return key;
    }
    for (var known : pace.keys) {
      if (known.equals(key)) {
        return known;
      }
    }
    pace.keys.add(key);
    return key;
  }

  /// The time up to which the blocks of the owner are to be closed, if it is later than the last
  /// one.
  Optional<Instant> due(String owner) {
    var pace = paces.get(owner);
    return pace == null ? Optional.empty() : due(pace, pace.clock.minus(straggling));
  }

  /// Calls back for each silent owner, with the time up to which its blocks are to be closed.
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
