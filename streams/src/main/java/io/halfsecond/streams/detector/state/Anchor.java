package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// 32 quantiles of a key's first committed baseline. Learning never changes them, so that a drift
/// is noticed although each of its steps is too small for an alert.
///
/// @param atMicros event time at which it was taken
/// @param samples of the baseline at that time, a count
/// @param bins the bins of the quantiles (i + ½)/32, i = 0…31
public record Anchor(long atMicros, long samples, List<Integer> bins) {
  private static final int SIZE = 32;

  public static Anchor of(Histogram baseline, long atMicros) {
    var bins =
        IntStream.range(0, SIZE)
            .mapToObj(i -> baseline.binAtRank((i + 0.5) / SIZE * baseline.total()))
            .toList();
    return new Anchor(atMicros, baseline.total(), bins);
  }

  /// A distribution of 32 samples, one for each quantile.
  public Distribution distribution(Bins scale) {
    var quantiles = new Histogram();
    for (int bin : bins) {
      quantiles.add(bin, 1);
    }
    return new Distribution(quantiles, scale);
  }

  public void writeTo(StateWriter out) {
    out.time(atMicros);
    out.count(samples);
    int last = 0;
    for (int bin : bins) {
      out.number((long) bin - last, 0);
      last = bin;
    }
  }

  public static Anchor readFrom(StateReader in) {
    long at = in.time();
    long samples = in.count(Histogram.MOST_SAMPLES, "samples of an anchor");
    var bins = new ArrayList<Integer>(SIZE);
    int last = 0;
    for (int i = 0; i < SIZE; i++) {
      last += (int) in.number(0, Bins.FINE.last() - last, "bin of an anchor");
      bins.add(last);
    }
    return new Anchor(at, samples, bins);
  }
}
