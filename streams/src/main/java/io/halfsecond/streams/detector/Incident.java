package io.halfsecond.streams.detector;

/// An alert that is open.
final class Incident {
  final String openedBy;
  final Direction direction;
  /// Event times, microseconds since the epoch.
  final long openedAt;
  final long onset;
  final double evidenceDays;
  int revision;
  long votes;
  long lastStepAt;
  long connectionsAtLastStep;
  /// Samples since the onset; those of the open block join at its end.
  final Histogram shifted = new Histogram();
  /// Bets on a return: on samples being small among the shifted, or large after a shift down.
  final Ledger reverse = new Ledger(Bets.FULL);

  Incident(String openedBy, Direction direction, long openedAt, long onset, double evidenceDays) {
    this.openedBy = openedBy;
    this.direction = direction;
    this.openedAt = openedAt;
    this.onset = onset;
    this.evidenceDays = evidenceDays;
  }
}
