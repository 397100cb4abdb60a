package io.halfsecond.streams.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// How long it took from a change to the alarm, over many repetitions.
final class Delays {
  static final int NEVER = Integer.MAX_VALUE;

  /// A detector that alarms this seldom does so by chance: at one false alarm in 500,000 samples, 4
  /// % do within 20,000.
  private static final double BY_CHANCE = 0.1;

  /// In samples; [#NEVER] where there was none among as many as were looked at.
  private final int[] sorted;

  private final int most;

  private Delays(int[] sorted, int most) {
    this.sorted = sorted;
    this.most = most;
  }

  static Delays of(IntStream samples, int most) {
    return new Delays(samples.sorted().toArray(), most);
  }

  /// Nearest rank.
  int quantile(double q) {
    return sorted[Math.max(0, (int) Math.ceil(q * sorted.length) - 1)];
  }

  int median() {
    return quantile(0.5);
  }

  int p95() {
    return quantile(0.95);
  }

  /// Infinite if there was not always an alarm.
  double mean() {
    return sorted[sorted.length - 1] == NEVER
        ? Double.POSITIVE_INFINITY
        : Arrays.stream(sorted).average().orElse(0);
  }

  /// Median and 95th percentile.
  String text() {
    return quantile(BY_CHANCE) == NEVER ? "never" : number(median()) + "/" + number(p95());
  }

  private String number(int samples) {
    return samples == NEVER ? ">" + thousands(most) : thousands(samples);
  }

  static String thousands(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
