package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.SshEvent;

/// What became of an event.
public enum Fate {
  /** Folded into a connection. */
  ASSEMBLED,
  /** About nothing that is tracked: it began before the collector did, or says nothing needed. */
  IRRELEVANT,
  /** A log line by a process that is not one of sshd's that the kernel showed. */
  UNTRUSTED,
  /** About a connection that there was no room for. */
  OVERFLOW;

  /// Is told the fate of every event that the assembler took, once, when it is known.
  @FunctionalInterface
  public interface Listener {
    void decided(SshEvent event, Fate fate);
  }
}
