package io.halfsecond.collector.inventory.process;

/// The kind of sshd process that has mapped an object.
public enum MappedIn {
  /** The listener. */
  LISTENER,
  /** A monitor, when it forks its preauth child. */
  MONITOR
}
