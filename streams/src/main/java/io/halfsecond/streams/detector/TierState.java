package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets.Family;
import io.halfsecond.streams.detector.evidence.ShiryaevRoberts;
import io.halfsecond.streams.detector.state.Excursion;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.histogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The evidence of one tier about one key.
final class TierState {
  /// Bets on ranks among all learnt samples. That reference grows with the ranked samples: an exact
  /// sequential rank test.
  final ShiryaevRoberts rise = new ShiryaevRoberts(Family.RISING);

  /// Of [Tier#CREEP]: bets on ranks among committed samples alone, which the shift cannot dilute.
  final ShiryaevRoberts slow;

  /// Of [Tier#STEP]: bets on a shift down.
  final ShiryaevRoberts fall;

  final Excursion up;
  final Excursion down;

  /// Samples scored since the last vote, of the block that began at `blockStart`.
  long scored;

  long blockStart;

  /// End of the last block that voted, microseconds since the epoch; 0 if none has.
  long lastVote;

  final Family slowFamily;
  final Family fallFamily;

  /// Bets that are reused while the committed baseline stays the same. Not part of the state.
  @Nullable TierBets bets;

  private TierState(Family slowFamily, Family fallFamily, int kept) {
    this.up = new Excursion(kept);
    this.down = new Excursion(kept);
    this.slowFamily = slowFamily;
    this.fallFamily = fallFamily;
    this.slow = new ShiryaevRoberts(slowFamily);
    this.fall = new ShiryaevRoberts(fallFamily);
  }

  static TierState ofStep() {
    return new TierState(Family.NONE, Family.FALLING, Excursion.TAIL);
  }

  static TierState ofCreep() {
    return new TierState(Family.SLOW, Family.NONE, 0);
  }

  double evidence() {
    return rise.evidence() + slow.evidence() + fall.evidence();
  }

  /// Counts the samples scored since the last vote as one vote.
  ///
  /// @param length of the block, for the first vote
  /// @param justScored whether they were scored since the state was last read
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

  /// The samples suspected to be shifted: the longer excursion, since both end at the newest
  /// sample.
  Histogram suspected() {
    return up.samples.total() >= down.samples.total() ? up.samples : down.samples;
  }

  /// Forgets everything but the time of the last vote.
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
