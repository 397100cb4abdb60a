package io.halfsecond.collector.probe;

/// How a probe ended.
public enum ProbeOutcome {
  /** As it should: the server spoke ssh and refused a user who does not exist. */
  REFUSED,
  /** The server let in a user who does not exist, with a key that nobody knows. */
  ACCEPTED,
  /** The server is there but turns this address away: MaxStartups, PerSourceMaxStartups or PerSourcePenalties. */
  THROTTLED,
  /** No connection: nothing listens, or there is no way to it. */
  UNREACHABLE,
  /** Not over by the deadline. What was not reached has no duration. */
  TIMED_OUT,
  /** What answered does not speak ssh. */
  NOT_SSH,
  /** The server hung up before it had refused the user. */
  CLOSED,
  /** The two could not agree on how to speak. */
  FAILED
}
