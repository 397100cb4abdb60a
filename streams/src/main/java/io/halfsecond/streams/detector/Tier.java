package io.halfsecond.streams.detector;

/// The part of the detector that opened an alert. It determines how urgent the alert is.
public enum Tier {
  /** A large, sudden shift: a page. */
  STEP,
  /** A smaller or slower shift: a ticket. */
  CREEP,
  /** The baseline has drifted from its anchor, too slowly for the other tiers: a ticket. */
  DRIFT
}
