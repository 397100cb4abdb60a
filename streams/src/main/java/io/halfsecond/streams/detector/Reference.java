package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;

/// What a sample is ranked among: several histograms as if they were one.
final class Reference {
  private final Histogram[] parts;
  private final long total;

  Reference(Histogram... parts) {
    this.parts = parts;
    long sum = 0;
    for (var part : parts) {
      sum += part.total();
    }
    this.total = sum;
  }

  long total() {
    return total;
  }

  /// Share of the samples above the bin, ties broken by u: uniform in (0, 1) if the sample is one
  /// of theirs (Vovk et al., arXiv 2102.10439, smoothed conformal p-value).
  double upper(int bin, double u) {
    double above = 0;
    double ties = 1;
    for (var part : parts) {
      int found = part.find(bin);
      above += part.above(found);
      ties += found < 0 ? 0 : part.countAt(found);
    }
    return (above + u * ties) / (total + 1.0);
  }

  /// Share of the samples below the bin, likewise.
  double lower(int bin, double u) {
    return 1 - upper(bin, u);
  }

  Histogram merged() {
    var merged = new Histogram();
    for (var part : parts) {
      merged.add(part);
    }
    return merged;
  }
}
