package io.halfsecond.streams.detector;

/// What a person can decide about an alert.
public enum Decision {
  /// The change is legitimate: what has been measured since the onset is the new baseline, and the alert ends.
  ACCEPT,
  /// Not worth anybody's time: the baseline stays, and the alert stays open, unseen, until the signal is back.
  DISMISS,
  /// An acceptance was wrong: the baseline of before it is in force again.
  ROLL_BACK
}
