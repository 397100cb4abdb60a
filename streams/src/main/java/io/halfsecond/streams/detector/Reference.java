package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;

/// What a sample is ranked among: several histograms as if they were one.
final class Reference {
  private final Histogram[] parts;

  Reference(Histogram... parts) {
    this.parts = parts;
  }

  long total() {
    long total = 0;
    for (var part : parts) {
      total += part.total();
    }
    return total;
  }

  /// Share of the samples above the bin, ties broken by u: uniform in (0, 1) if the sample is one of theirs
  /// (Vovk et al., arXiv 2102.10439, smoothed conformal p-value).
  double upper(int bin, double u) {
    long above = 0;
    long ties = 1;
    for (var part : parts) {
      above += part.above(bin);
      ties += part.at(bin);
    }
    return (above + u * ties) / (total() + 1.0);
  }

  /// Share of the samples below the bin, likewise.
  double lower(int bin, double u) {
    long above = 0;
    long ties = 1;
    for (var part : parts) {
      above += part.above(bin);
      ties += part.at(bin);
    }
    long n = total();
    return (n + 1 - ties - above + (1 - u) * ties) / (n + 1.0);
  }

  Histogram merged() {
    var merged = new Histogram();
    for (var part : parts) {
      merged.add(part);
    }
    return merged;
  }
}
