package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.Bets.Family;
import io.halfsecond.streams.histogram.Histogram;

/// What one tier has gathered about one key.
final class TierState {
  /// Ranks among all that is learnt, which grows with them: an exact sequential rank test.
  final Ledger rise = new Ledger(Family.RISING);

  /// Of [Tier#CREEP]: ranks among what has come through quarantine alone, which the shift itself
  /// cannot dilute.
  final Ledger slow;

  /// Of [Tier#STEP].
  final Ledger fall;

  final Excursion up;
  final Excursion down;

  /// Samples scored since the last vote, of the block that began at `blockStart`.
  long scored;

  long blockStart;

  /// End of the last block that voted, microseconds since the epoch; 0 for never.
  long lastVote;

  final Family slowFamily;
  final Family fallFamily;

  private TierState(Family slowFamily, Family fallFamily, int kept) {
    this.up = new Excursion(kept);
    this.down = new Excursion(kept);
    this.slowFamily = slowFamily;
    this.fallFamily = fallFamily;
    this.slow = new Ledger(slowFamily);
    this.fall = new Ledger(fallFamily);
  }

  static TierState ofStep() {
    return new TierState(Family.NONE, Family.FALLING, Excursion.SHARP);
  }

  static TierState ofCreep() {
    return new TierState(Family.SLOW, Family.NONE, 0);
  }

  double evidence() {
    return rise.evidence() + slow.evidence() + fall.evidence();
  }

  /// Counts the samples scored since the last vote as one.
  ///
  /// @param length of the block, for the first vote of all
  /// @param justScored whether that was since the state was last written
  void vote(long end, long length, boolean justScored) {
    double days = Micros.days(lastVote == 0 ? end - length : lastVote, end);
    lastVote = Math.max(end, lastVote);
    if (scored > 0) {
      boolean sole = scored == 1 && justScored;
      rise.vote(days, scored, sole);
      slow.vote(days, scored, sole);
      fall.vote(days, scored, sole);
      up.closeBlock();
      down.closeBlock();
    }
    scored = 0;
  }

  /// The samples that are suspected to be shifted: the longer excursion, for both reach up to the
  /// newest sample.
  Histogram suspected() {
    return up.samples.total() >= down.samples.total() ? up.samples : down.samples;
  }

  /// Forgets all but when it last voted.
  void clear() {
    rise.clear();
    slow.clear();
    fall.clear();
    up.clear();
    down.clear();
    scored = 0;
    blockStart = 0;
  }
}
