package io.halfsecond.streams.detector;

import java.util.Arrays;

/// A set of bets in one direction, what each has won, and the excursion that they are on.
///
/// Each bet j keeps R_j = (R_j + Δ)·exp(ℓ_j), with Δ the days since the last block and ℓ_j the mean of ln f_j over the
/// block: the Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, arXiv 2203.03532, with one baseline increment a day).
///
/// Stored as `float`: a state that went through bytes continues exactly like one that did not.
final class Ledger {
  /// Days. Makes the weights equal before the first block is closed, and matters no more after it.
  private static final double SOME_EVIDENCE = 1e-12;

  final Bets bets;
  final float[] evidence;
  final float[] blockLogs;
  final Excursion excursion = new Excursion();
  /// Samples on the excursion when the open block began: see [Bets].
  long held;
  private final double[] logs;

  Ledger(Bets bets) {
    this.bets = bets;
    this.evidence = new float[bets.size()];
    this.blockLogs = new float[bets.size()];
    this.logs = new double[bets.size()];
  }

  /// @param p the sample's p-value against a reference of `reference` samples, small where it is far out
  void score(double p, long reference, long micros, int bin) {
    bets.play(p, held, reference, logs);
    // Bets count in the excursion by what they hold: with equal weights the bets on far tails, which lose on every
    // small shift, pull the mixture down and put the onset of +50 ms 50 samples late instead of 2.
    double before = 0;
    double after = 0;
    for (int j = 0; j < logs.length; j++) {
      blockLogs[j] += (float) logs[j];
      double weight = evidence[j] + SOME_EVIDENCE;
      before += weight;
      after += weight * StrictMath.exp(logs[j]);
    }
    excursion.add(StrictMath.log(after / before), micros, bin, p);
  }

  /// Counts the block's `samples` as one vote.
  void closeBlock(double days, long samples) {
    for (int j = 0; j < evidence.length; j++) {
      // A bet wins less than exp(12) a block, and R starts each below the limit: the cap is for limits that are huge.
      evidence[j] = (float) Math.min(Float.MAX_VALUE,
        (evidence[j] + days) * StrictMath.exp(blockLogs[j] / samples));
      blockLogs[j] = 0;
    }
    excursion.closeBlock();
    held = excursion.samples.total();
  }

  double sum() {
    double sum = 0;
    for (float days : evidence) {
      sum += days;
    }
    return sum;
  }

  int winner() {
    int winner = 0;
    for (int j = 1; j < evidence.length; j++) {
      winner = evidence[j] > evidence[winner] ? j : winner;
    }
    return winner;
  }

  /// How many of the excursion's first samples lie before the start of the winning bet's own CUSUM. The mixture, on
  /// which the excursion runs, takes chance neighbours of the onset along more easily than a bet on far tails does.
  int leadIn(long reference) {
    int winner = winner();
    int lead = 0;
    double sum = 0;
    double lowest = 0;
    for (int i = 0; i < excursion.headSize; i++) {
      bets.play(excursion.head[i].p(), i, reference, logs);
      sum += logs[winner];
      if (sum < lowest && i + 1 < excursion.samples.total()) {
        lowest = sum;
        lead = i + 1;
      }
    }
    return lead < excursion.headSize ? lead : 0;
  }

  void clear() {
    Arrays.fill(evidence, 0);
    Arrays.fill(blockLogs, 0);
    excursion.clear();
    held = 0;
  }
}
