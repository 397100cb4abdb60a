package io.halfsecond.streams.gate;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.measurement.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One signal and stratum of a trial: differences between after and before the change.
///
/// Not safe for use by several threads.
final class TrialKey {
  /// Pairs that are kept, the first ones.
  static final int MOST_PAIRS = Draws.MOST;

  /// Of a pair without a companion.
  static final int ALONE = -1;

  /// What a common drift may change within it is small, and two hosts with a login an hour still
  /// find each other.
  static final long WINDOW_MICROS = 3_600_000_000L;

  /// A difference. Each measurement is part of one at most, and a pair never changes.
  ///
  /// @param micros since the begin of the trial, of the later measurement
  /// @param companion its number, or [#ALONE]
  /// @param difference in the unit of the signal: how much more the host has changed than its
  ///   companion
  record Pair(long micros, int companion, float difference) {}

  private final Signal signal;
  private final Bins bins;

  /// Of the host itself, then of its companions by their numbers.
  private final List<Optional<Draws>> draws;

  private final List<Pair> pairs = new ArrayList<>();

  TrialKey(Signal signal, Draws own) {
    this(signal, new ArrayList<>(List.of(Optional.of(own))));
  }

  private TrialKey(Signal signal, List<Optional<Draws>> draws) {
    this.signal = signal;
    this.bins = Signals.bins(signal);
    this.draws = draws;
  }

  Signal signal() {
    return signal;
  }

  List<Pair> pairs() {
    return List.copyOf(pairs);
  }

  /// Whether it has pairs without a companion.
  boolean hasBeenAlone() {
    return pairs.stream().anyMatch(pair -> pair.companion == ALONE);
  }

  /// How many more pairs it would take.
  int room() {
    return MOST_PAIRS - pairs.size();
  }

  /// @param joining empty if the companion has too few measurements from before
  void join(Optional<Draws> joining) {
    draws.add(joining);
  }

  /// A companion takes no further part, and what it brought since a time does not count.
  void leave(int companion, long micros) {
    draws.get(companion + 1).ifPresent(Draws::end);
    pairs.removeIf(pair -> pair.companion == companion && pair.micros >= micros);
  }

  /// Takes a measurement of the host.
  ///
  /// @param alone whether the trial has no companions
  /// @return whether anything has changed
  boolean take(long micros, double value, boolean alone) {
    return due(0, micros)
        .map(
            own -> {
              own.took(micros);
              if (alone) {
                pairs.add(new Pair(micros, ALONE, (float) own.difference(bins, value)));
              } else {
                nearestCompanion(micros)
                    .ifPresentOrElse(
                        companion -> pair(own, micros, value, companion),
                        () -> own.await(micros, value));
              }
              return true;
            })
        .orElse(false);
  }

  private void pair(Draws own, long micros, double value, int companion) {
    var partner = draws.get(companion + 1).orElseThrow();
    var waiting = partner.nearest(micros).orElseThrow();
    partner.serve(waiting);
    add(
        Math.max(micros, waiting.micros()),
        companion,
        own.difference(bins, value) - partner.difference(bins, waiting.value()));
  }

  /// Takes a measurement of a companion.
  ///
  /// @return whether anything has changed
  boolean takeOf(int companion, long micros, double value) {
    return due(companion + 1, micros)
        .map(
            partner -> {
              partner.took(micros);
              var own = draws.getFirst().orElseThrow();
              own.nearest(micros)
                  .filter(waiting -> Math.abs(waiting.micros() - micros) <= WINDOW_MICROS)
                  .ifPresentOrElse(
                      waiting -> {
                        own.serve(waiting);
                        add(
                            Math.max(micros, waiting.micros()),
                            companion,
                            own.difference(bins, waiting.value())
                                - partner.difference(bins, value));
                      },
                      () -> partner.await(micros, value));
              return true;
            })
        .orElse(false);
  }

  private Optional<Draws> due(int index, long micros) {
    return pairs.size() >= MOST_PAIRS || index >= draws.size()
        ? Optional.empty()
        : draws.get(index).filter(each -> each.takes(micros));
  }

  /// The companion with the waiting measurement nearest in time, the first of several.
  private Optional<Integer> nearestCompanion(long micros) {
    int best = ALONE;
    long apart = WINDOW_MICROS + 1;
    for (int companion = 0; companion < draws.size() - 1; companion++) {
      var waiting = draws.get(companion + 1).flatMap(each -> each.nearest(micros));
      long distance = waiting.map(each -> Math.abs(each.micros() - micros)).orElse(Long.MAX_VALUE);
      if (distance < apart) {
        apart = distance;
        best = companion;
      }
    }
    return best == ALONE ? Optional.empty() : Optional.of(best);
  }

  private void add(long micros, int companion, double difference) {
    // Negative zero is not written.
    pairs.add(new Pair(micros, companion, (float) difference + 0f));
  }

  void writeTo(BitWriter out) {
    for (var each : draws) {
      out.flag(each.isPresent());
      each.ifPresent(present -> present.writeTo(out));
    }
    out.number(pairs.size(), 3);
    for (var pair : pairs) {
      out.number(pair.micros, 30);
      out.number(pair.companion + 1L, 0);
      out.decimal(pair.difference);
    }
  }

  static TrialKey readFrom(
      BitReader in, Signal signal, int companions, long seed, long longestMicros) {
    var draws = new ArrayList<Optional<Draws>>();
    for (int i = 0; i <= companions; i++) {
      draws.add(
          in.flag()
              ? Optional.of(
                  Draws.readFrom(in, Signals.bins(signal), seedOf(seed, i), longestMicros))
              : Optional.empty());
    }
    if (draws.getFirst().isEmpty()) {
      throw in.corrupt("a key without measurements of its host");
    }
    var key = new TrialKey(signal, draws);
    int size = (int) in.number(3, MOST_PAIRS, "number of pairs");
    for (int i = 0; i < size; i++) {
      key.pairs.add(
          new Pair(
              in.number(30, longestMicros, "time"),
              (int) in.number(0, companions, "number of a companion") - 1,
              in.decimal(-Float.MAX_VALUE, "difference")));
    }
    return key;
  }

  /// @param seed of the key
  /// @param index 0 for the host itself, then the companions
  static long seedOf(long seed, int index) {
    return Draws.mixed(seed + index);
  }
}
