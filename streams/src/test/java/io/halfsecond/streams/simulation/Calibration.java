package io.halfsecond.streams.simulation;

import java.util.Arrays;
import java.util.List;

/// Estimates the average run length to a false alarm for any threshold, from runs without a change.
///
/// Runs are censored at their ends. The estimate is the number of samples up to the first alarm of
/// each run, divided by the number of these alarms (maximum likelihood of a rate). Its relative
/// standard error is one over the root of that number.
public record Calibration(List<Climb> runs) {
  public Calibration {
    runs = List.copyOf(runs);
  }

  public long alarms(double threshold) {
    return runs.stream().filter(run -> run.reached(threshold) > 0).count();
  }

  /// Infinite if there is no alarm.
  public double averageRunLength(double threshold) {
    long samples = 0;
    long alarms = 0;
    for (var run : runs) {
      long reached = run.reached(threshold);
      samples += reached > 0 ? reached : run.length();
      alarms += reached > 0 ? 1 : 0;
    }
    return alarms == 0 ? Double.POSITIVE_INFINITY : (double) samples / alarms;
  }

  public long samples() {
    return runs.stream().mapToLong(Climb::length).sum();
  }

  /// The lowest threshold that was reached and has at least that average run length. If there is
  /// none, the lowest value that was never reached.
  public double threshold(double averageRunLength) {
    double[] heights =
        runs.stream()
            .flatMapToDouble(run -> Arrays.stream(run.heights()))
            .sorted()
            .distinct()
            .toArray();
    int low = 0;
    int high = heights.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (averageRunLength(heights[middle]) >= averageRunLength) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return averageRunLength(heights[low]) >= averageRunLength
        ? heights[low]
        : Math.nextUp(heights[low]);
  }
}
