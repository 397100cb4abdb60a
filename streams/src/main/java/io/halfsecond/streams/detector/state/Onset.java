package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.histogram.Histogram;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// The estimated change point of an excursion that led to an alert.
///
/// @param micros event time of the first sample counted as shifted
/// @param shifted that sample and all later ones of the excursion
/// @param votes blocks with samples among them, a count
/// @param notBeforeMicros event time of the last sample that was certainly not shifted; 0 if there
///   is none
/// @param notAfterMicros event time of the first sample that certainly was
public record Onset(
    long micros, Histogram shifted, long votes, long notBeforeMicros, long notAfterMicros) {

  /// In a long excursion, the first shifted sample is placed among the last ones only if the
  /// winning bet has lost this much before it, in nats. With small shifts, chance dips of 3 occur
  /// there.
  private static final double CLEAR_DIP = 4;

  /// Change points are not ruled out if their log-likelihood is lower than that of the best one by
  /// at most this, in nats: a factor of 20.
  private static final double NOT_RULED_OUT = 3;

  /// If shifted samples earn less than this on average, in nats, the CUSUM may have been at zero
  /// again after the change.
  private static final double SHARP = 1;

  /// The start of the CUSUM of the winning bet alone, searched for among the last samples. The
  /// excursion itself runs on the mixture of all bets, which includes chance neighbours of the
  /// onset more easily than a bet on far tails.
  ///
  /// @param gain logarithm of what the winning bet paid for a bin
  /// @param blockMicros length of a block
  public static Onset of(Excursion excursion, IntToDoubleFunction gain, long blockMicros) {
    var tail = List.copyOf(excursion.tail);
    // What the bet has won before each sample. Where that is least, the first shifted sample is
    // most likely.
    var won = new double[tail.size() + 1];
    int first = 0;
    for (int i = 1; i <= tail.size(); i++) {
      won[i] = won[i - 1] + gain.applyAsDouble(tail.get(i - 1).bin());
      first = i < tail.size() && won[i] < won[first] ? i : first;
    }
    boolean sharp = won[tail.size()] - won[first] > SHARP * (tail.size() - first);
    long before = sharp ? excursion.beforeMicros : farBefore(excursion);
    double limit = won[first] + NOT_RULED_OUT;
    long notAfter =
        tail.isEmpty()
            ? excursion.lastMicros
            : tail.get(atMost(won, limit).max().orElse(0)).micros();
    boolean whole = excursion.samples.total() == tail.size();
    if (!whole && won[first] > -CLEAR_DIP) {
      return new Onset(
          excursion.startMicros,
          excursion.samples.copy(),
          Math.max(excursion.votes(), 1),
          before,
          notAfter);
    }
    int earliest = atMost(won, limit).findFirst().orElse(0);
    long notBefore = earliest == 0 ? before : tail.get(earliest - 1).micros();
    var shifted = new Histogram();
    var counted = tail.subList(first, tail.size());
    counted.forEach(sample -> shifted.add(sample.bin(), 1));
    long votes =
        counted.stream()
            .mapToLong(sample -> Math.floorDiv(sample.micros(), blockMicros))
            .distinct()
            .count();
    return new Onset(counted.getFirst().micros(), shifted, votes, notBefore, notAfter);
  }

  /// The start of the excursion, moved back by its length. For +50 ms on 290 ms, that is before 19
  /// of 20 changes; the start itself is before 3 of 20.
  private static long farBefore(Excursion excursion) {
    return excursion.beforeMicros == 0
        ? 0
        : Math.max(1, excursion.beforeMicros - (excursion.lastMicros - excursion.startMicros));
  }

  private static IntStream atMost(double[] won, double limit) {
    return IntStream.range(0, won.length - 1).filter(i -> won[i] <= limit);
  }
}
