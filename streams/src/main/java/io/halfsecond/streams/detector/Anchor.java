package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import java.util.List;
import java.util.stream.IntStream;

/// Where a key's baseline first stood: 32 quantiles of it. Never changed by learning, so that a
/// baseline that is walked away in steps too small for an alert is noticed all the same.
///
/// @param atMicros when it was taken, event time since the epoch
/// @param samples of the baseline then, a count
/// @param bins the bins of the quantiles (i + ½)/32, i = 0…31
record Anchor(long atMicros, long samples, List<Integer> bins) {
  static final int SIZE = 32;

  static Anchor of(Histogram baseline, long atMicros) {
    var bins =
        IntStream.range(0, SIZE)
            .mapToObj(i -> baseline.binAtRank((i + 0.5) / SIZE * baseline.total()))
            .toList();
    return new Anchor(atMicros, baseline.total(), bins);
  }

  /// As a distribution that stands for it: one sample a quantile.
  Distribution distribution(Bins scale) {
    var quantiles = new Histogram();
    for (int bin : bins) {
      quantiles.add(bin, 1);
    }
    return new Distribution(quantiles, scale);
  }

  Summary summary(Bins scale) {
    var s = Summary.of(distribution(scale));
    return new Summary(samples, s.p50(), s.p95(), s.p99());
  }
}
