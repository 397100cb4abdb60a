package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.SshEvent;

/// How the assembler used an event.
public enum Fate {
  /** Used for a connection. */
  ASSEMBLED,
  /**
   * About a process that is not tracked, because it started before the collector, or not needed.
   */
  IRRELEVANT,
  /** A log line of a process that is not sshd's, by the kernel's events. */
  UNTRUSTED,
  /** About a connection beyond the bound. */
  OVERFLOW;

  /// Receives the fate of each accepted event, once, as soon as it is known.
  @FunctionalInterface
  public interface Observer {
    void decided(SshEvent event, Fate fate);
  }
}
