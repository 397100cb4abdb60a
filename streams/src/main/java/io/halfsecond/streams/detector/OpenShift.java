package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.evidence.Bets;
import io.halfsecond.streams.detector.evidence.ShiryaevRoberts;
import io.halfsecond.streams.detector.state.DistinctSources;
import io.halfsecond.streams.detector.state.Excursion;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.detector.state.Onset;
import io.halfsecond.streams.detector.state.RunningMean;
import io.halfsecond.streams.histogram.Histogram;

/// The shift that the open alert of a key is about.
final class OpenShift {
  /// Under load some connections are lucky and do not wait, so one of them says nothing.
  private static final int LATELY = 20;

  /// A share of waiting that is larger by less than this is no load.
  private static final double NO_LOAD = 0.05;

  Tier tier;
  Direction direction;

  /// Event times, microseconds since the epoch.
  final long openedAt;

  long onset;

  /// See [Onset]; 0 if not known.
  long onsetNotBefore;

  long onsetNotAfter;
  double evidenceDays;
  double limitDays;

  /// Blocks with samples since the onset.
  long votes;

  long lastVote;
  long lastStepAt;
  long connectionsAtLastStep;
  boolean confirmed;

  /// The samples since the onset. Those of the open block are added when it ends.
  final Histogram shifted = new Histogram();

  final DistinctSources sources = new DistinctSources();
  final RunningMean waiting = new RunningMean();

  /// Of the last samples.
  final RunningMean lately = new RunningMean(LATELY);

  /// Whether the shift was there while connections waited for a CPU no longer than before. Then
  /// load is not its cause.
  boolean withoutLoad;

  /// Evidence that the signal has returned: bets on samples that are small among the shifted ones,
  /// or large after a shift down.
  final ShiryaevRoberts returned = new ShiryaevRoberts(Bets.Family.RETURNING);

  /// The samples that may have returned.
  final Excursion returning = new Excursion(0);

  OpenShift(Tier tier, Direction direction, long openedAt) {
    this.tier = tier;
    this.direction = direction;
    this.openedAt = openedAt;
    this.lastVote = openedAt;
  }

  /// Ends a block whose samples have all been scored.
  void vote(long end, long samples) {
    returned.vote(Micros.days(lastVote, end), samples, false);
    lastVote = Math.max(end, lastVote);
    returning.closeBlock();
    votes++;
  }

  /// Sets what the shift is: at the opening, and when a higher tier takes over.
  void set(Tier tier, Direction direction, Onset onset, double evidenceDays, double limitDays) {
    this.tier = tier;
    this.direction = direction;
    this.onset = onset.micros();
    this.onsetNotBefore = onset.notBeforeMicros();
    this.onsetNotAfter = onset.notAfterMicros();
    this.votes = onset.votes();
    this.evidenceDays = evidenceDays;
    this.limitDays = limitDays;
    shifted.replaceBy(onset.shifted());
    expectReturn();
  }

  /// Continues a shift that began earlier.
  void resume(StandingShift standing) {
    var before = standing.shift();
    onset = before.onset();
    onsetNotBefore = before.notBefore();
    onsetNotAfter = before.notAfter();
    votes = Math.min(Histogram.MOST_SAMPLES, votes + before.votes());
    shifted.add(standing.samples());
    waiting.add(before.waiting());
    withoutLoad |= before.withoutLoad();
  }

  ShiftSoFar soFar() {
    return new ShiftSoFar(
        direction, onset, onsetNotBefore, onsetNotAfter, votes, waiting.copy(), withoutLoad);
  }

  /// Notices when the shift has begun without load.
  void noticeLoadAtOnset(RunningMean before) {
    withoutLoad |= isNoLoad(waiting, before);
  }

  /// Notices when the load has gone and the shift has not.
  ///
  /// @return whether it has just become known
  boolean noticeLoadGone(RunningMean before) {
    boolean known = withoutLoad;
    withoutLoad |= returning.samples.isEmpty() && lately.isFull() && isNoLoad(lately, before);
    return withoutLoad && !known;
  }

  private static boolean isNoLoad(RunningMean now, RunningMean before) {
    return now.isKnown() && before.isKnown() && now.value() <= before.value() + NO_LOAD;
  }

  /// Starts the search for a return anew.
  void expectReturn() {
    returned.clear();
    returning.clear();
  }
}
