package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;

/// An alert that is open.
final class Incident {
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

  /// Blocks with data since the onset.
  long votes;

  long lastVote;
  long lastStepAt;
  long connectionsAtLastStep;
  boolean confirmed;

  /// Samples since the onset; those of the open block join at its end.
  final Histogram shifted = new Histogram();

  final Sources sources = new Sources();
  final Mean waiting = new Mean();

  /// Bets on a return: on samples being small among the shifted, or large after a shift down.
  final Ledger back = new Ledger(Bets.Family.RETURNING);

  final Excursion returning = new Excursion(0);

  Incident(Tier tier, Direction direction, long openedAt) {
    this.tier = tier;
    this.direction = direction;
    this.openedAt = openedAt;
    this.lastVote = openedAt;
  }

  /// Counts a block of `samples`, all scored.
  void vote(long end, long samples) {
    back.vote(Micros.days(lastVote, end), samples, false);
    lastVote = Math.max(end, lastVote);
    returning.closeBlock();
    votes++;
  }

  /// Makes it an incident about other samples: those of an excursion.
  void be(Tier tier, Direction direction, Onset onset, double evidenceDays, double limitDays) {
    this.tier = tier;
    this.direction = direction;
    this.onset = onset.micros();
    this.onsetNotBefore = onset.notBeforeMicros();
    this.onsetNotAfter = onset.notAfterMicros();
    this.votes = onset.votes();
    this.evidenceDays = evidenceDays;
    this.limitDays = limitDays;
    shifted.replaceBy(onset.shifted());
    back.clear();
    returning.clear();
  }
}
