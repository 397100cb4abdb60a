package io.halfsecond.streams.detector;

/// The samples since a CUSUM was last at zero: if there has been a change, those after it.
///
/// Page 1954: the sum of log-likelihood ratios, restarted when it falls to zero. Here the ratio is the bets' outcome, each weighted by
/// its evidence.
final class Excursion {
  /// So many first samples are kept one by one, to place the onset among them when an alert opens.
  static final int HEAD = 16;

  /// One of the first samples.
  ///
  /// @param micros event time since the epoch
  /// @param votesBefore votes of the excursion before the sample's own block
  record Early(long micros, int bin, float p, int votesBefore) {}

  float height;
  int votes;
  final Histogram samples = new Histogram();
  final Early[] head = new Early[HEAD];
  int headSize;

  void add(double gain, long micros, int bin, double p) {
    height = (float) Math.max(0, height + gain);
    if (height == 0) {
      clear();
      return;
    }
    if (headSize < HEAD && headSize == samples.total()) {
      head[headSize++] = new Early(micros, bin, (float) p, votes);
    }
    samples.add(bin, 1);
  }

  void closeBlock() {
    if (samples.total() > 0) {
      votes++;
    }
  }

  void clear() {
    height = 0;
    votes = 0;
    headSize = 0;
    samples.clear();
  }
}
