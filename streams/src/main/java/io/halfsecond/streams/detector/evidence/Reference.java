package io.halfsecond.streams.detector.evidence;

import io.halfsecond.streams.histogram.Histogram;

/// The samples among which a new sample is ranked: several histograms treated as one.
public final class Reference {
  private final Histogram[] parts;
  private final long total;

  public Reference(Histogram... parts) {
    this.parts = parts;
    long sum = 0;
    for (var part : parts) {
      sum += part.total();
    }
    this.total = sum;
  }

  public long total() {
    return total;
  }

  /// The smoothed conformal p-value (Vovk et al., arXiv 2102.10439) for large values: the share of
  /// the samples above the bin, with ties broken by u. If the sample is exchangeable with the
  /// reference, the p-value is uniform in (0, 1).
  public double upper(int bin, double u) {
    double above = 0;
    double ties = 1;
    for (var part : parts) {
      int found = part.find(bin);
      above += part.above(found);
      ties += found < 0 ? 0 : part.countAt(found);
    }
    return (above + u * ties) / (total + 1.0);
  }

  /// The same for small values: the share of the samples below the bin.
  public double lower(int bin, double u) {
    return 1 - upper(bin, u);
  }

  /// All samples in one histogram, which must not be changed: it may be one of the parts.
  public Histogram merged() {
    for (var part : parts) {
      if (part.total() == total) {
        return part;
      }
    }
    var merged = new Histogram();
    for (var part : parts) {
      merged.add(part);
    }
    return merged;
  }
}
