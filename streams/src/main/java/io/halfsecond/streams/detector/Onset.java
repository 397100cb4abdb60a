package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/// Where an excursion that led to an alert began to be a shift.
///
/// @param micros event time of the first sample counted as shifted
/// @param shifted that sample and all later ones of the excursion
/// @param votes blocks with data among them, a count
record Onset(long micros, Histogram shifted, long votes) {

  /// How much the winning bet must have lost before a sample for it to be the first shifted one of a long excursion, in
  /// nats. Small shifts have chance dips of 3 among their last samples.
  private static final double CLEAR_DIP = 4;

  /// The start of the winning bet's own CUSUM, looked for among the excursion's last samples. The mixture of all bets, on
  /// which the excursion runs, takes chance neighbours of the onset along more easily than a bet on far tails does.
  ///
  /// @param gain logarithm of what the winning bet paid for a bin
  /// @param blockMicros length of a block
  static Onset of(Excursion excursion, IntToDoubleFunction gain, long blockMicros) {
    var tail = List.copyOf(excursion.tail);
    double sum = 0;
    double lowest = 0;
    int first = 0;
    for (int i = 0; i < tail.size() - 1; i++) {
      sum += gain.applyAsDouble(tail.get(i).bin());
      if (sum < lowest) {
        lowest = sum;
        first = i + 1;
      }
    }
    boolean whole = excursion.samples.total() == tail.size();
    if (!whole && lowest > -CLEAR_DIP) {
      return new Onset(excursion.startMicros, excursion.samples.copy(), Math.max(excursion.votes, 1));
    }
    var shifted = new Histogram();
    var counted = tail.subList(first, tail.size());
    counted.forEach(sample -> shifted.add(sample.bin(), 1));
    long votes = counted.stream().mapToLong(sample -> Math.floorDiv(sample.micros(), blockMicros)).distinct()
      .count();
    return new Onset(counted.getFirst().micros(), shifted, votes);
  }
}
