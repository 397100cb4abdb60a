package io.halfsecond.streams.cohort;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;

/// The measurements of one hour of the week, divided by the medians of their hosts. When a week
/// begins, older ones are reduced to half.
final class HourSamples {
  private static final int VERSION = 1;
  private static final int WEEK_BITS = 32;
  private static final Bins BINS = Bins.NARROW;

  /// The value that represents a ratio of 1 in the bins, which begin at 1.
  private static final double ONE = 1e6;

  private long week;
  private final Histogram ratios;

  private HourSamples(long week, Histogram ratios) {
    this.week = week;
    this.ratios = ratios;
  }

  static HourSamples empty() {
    return new HourSamples(0, new Histogram());
  }

  void add(double ratio, long inWeek) {
    if (inWeek > week) {
      ratios.scaleDownTo(ratios.total() / 2);
      week = inWeek;
    }
    ratios.add(BINS.binOf(ratio * ONE), 1);
  }

  long count() {
    return ratios.total();
  }

  /// Logarithm of the median ratio. There must be at least one.
  double logMedian() {
    return StrictMath.log(new Distribution(ratios, BINS).median() / ONE);
  }

  /// Adds its ratios, divided by a factor, to those of other hours.
  void addTo(Histogram all, double factor) {
    for (int i = 0; i < ratios.size(); i++) {
      all.add(BINS.binOf(BINS.valueAt(ratios.binAt(i) + 0.5) / factor), ratios.countAt(i));
    }
  }

  /// Logarithm of a quantile of ratios that were added by [#addTo].
  static double logQuantile(Histogram all, double q) {
    return StrictMath.log(Math.max(1, new Distribution(all, BINS).quantile(q)) / ONE);
  }

  byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    out.fixed(week, WEEK_BITS);
    ratios.writeTo(out);
    return out.toBytes();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  static HourSamples fromBytes(byte[] bytes) {
    var in = new BitReader("hour of a cohort", bytes);
    in.version(VERSION);
    var samples = new HourSamples(in.fixed(WEEK_BITS), Histogram.readFrom(in));
    in.end();
    return samples;
  }
}
