package io.halfsecond.streams.detector;

/// How urgent an alert is, by what found it.
public enum Tier {
  /** A sudden shift, large enough for a page. */
  STEP,
  /** A smaller or slower shift: for a ticket. */
  CREEP,
  /**
   * The baseline itself has walked away from where it first stood, too slowly for the others: for a
   * ticket.
   */
  DRIFT
}
