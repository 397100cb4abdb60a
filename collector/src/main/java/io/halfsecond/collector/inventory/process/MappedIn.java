package io.halfsecond.collector.inventory.process;

/// The kind of sshd process that has mapped an object.
public enum MappedIn {
  /** The listener. */
  LISTENER,
  /** A monitor, when it forks its preauth child. */
  MONITOR,
  /** A preauth child that executes a program of its own, when it drops its privileges. */
  PREAUTH
}
