package io.halfsecond.collector.inventory;

/// A process of sshd's in whose memory something was seen.
public enum SeenIn {
  /** The one that listens. */
  LISTENER,
  /** One that serves a connection, when it forks its preauth child. */
  MONITOR
}
