package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Where an excursion that led to an alert began to be a shift.
///
/// @param micros event time of the first sample counted as shifted
/// @param shifted that sample and all later ones of the excursion
/// @param votes blocks with data among them, a count
/// @param notBeforeMicros event time of the last sample that was not shifted for certain; 0 if
///   there is none
/// @param notAfterMicros event time of the first one that was
record Onset(
    long micros, Histogram shifted, long votes, long notBeforeMicros, long notAfterMicros) {

  /// How much the winning bet must have lost before a sample for it to be the first shifted one of
  /// a long excursion, in nats. Small shifts have chance dips of 3 among their last samples.
  private static final double CLEAR_DIP = 4;

  /// Change points that are less likely than the best one by no more than that, in nats, are not
  /// ruled out: 20 times.
  private static final double DOUBT = 3;

  /// Where a shifted sample earns less, in nats, an excursion may have been at zero again after the
  /// change.
  private static final double SHARP = 1;

  /// The start of the winning bet's own CUSUM, looked for among the excursion's last samples. The
  /// mixture of all bets, on which the excursion runs, takes chance neighbours of the onset along
  /// more easily than a bet on far tails does.
  ///
  /// @param gain logarithm of what the winning bet paid for a bin
  /// @param blockMicros length of a block
  static Onset of(Excursion excursion, IntToDoubleFunction gain, long blockMicros) {
    var tail = List.copyOf(excursion.tail);
    // What the bet has won before each sample: the less, the likelier it is the first shifted one.
    var won = new double[tail.size() + 1];
    int first = 0;
    for (int i = 1; i <= tail.size(); i++) {
      won[i] = won[i - 1] + gain.applyAsDouble(tail.get(i - 1).bin());
      first = i < tail.size() && won[i] < won[first] ? i : first;
    }
    boolean sharp = won[tail.size()] - won[first] > SHARP * (tail.size() - first);
    long before = sharp ? excursion.beforeMicros : muchBefore(excursion);
    double doubtful = won[first] + DOUBT;
    long notAfter =
        tail.isEmpty() ? excursion.lastMicros : tail.get(lastBelow(won, doubtful)).micros();
    boolean whole = excursion.samples.total() == tail.size();
    if (!whole && won[first] > -CLEAR_DIP) {
      return new Onset(
          excursion.startMicros,
          excursion.samples.copy(),
          Math.max(excursion.votes, 1),
          before,
          notAfter);
    }
    int earliest = firstBelow(won, doubtful);
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

  /// As long before its beginning as it has lasted: of +50 ms on 290 that lies before 19 changes of
  /// 20, its beginning before 3.
  private static long muchBefore(Excursion excursion) {
    return excursion.beforeMicros == 0
        ? 0
        : Math.max(1, excursion.beforeMicros - (excursion.lastMicros - excursion.startMicros));
  }

  private static int firstBelow(double[] values, double limit) {
    return IntStream.range(0, values.length - 1)
        .filter(i -> values[i] <= limit)
        .findFirst()
        .orElse(0);
  }

  private static int lastBelow(double[] values, double limit) {
    return IntStream.range(0, values.length - 1).filter(i -> values[i] <= limit).max().orElse(0);
  }
}
