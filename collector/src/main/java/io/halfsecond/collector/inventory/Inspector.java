package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.process.MappedIn;
import java.util.Optional;

/// Inspects the files that sshd consists of, briefly and in full.
public interface Inspector {
  /// The result of a brief check.
  enum Check {
    /** All that the last full inspection depended on is unchanged. */
    UNCHANGED,
    /** Something has changed, or there was no full inspection yet: one is due. */
    CHANGED,
    /**
     * A listener has just started or ended. It may still load something, or come back; the next
     * check decides.
     */
    UNSETTLED
  }

  /// Checks whether another full inspection is due.
  Check check();

  /// Reads the memory map of a process of a connection whose loader is done right now.
  ///
  /// @return whether it differs from that of the process of its kind before, so that a full
  ///   inspection is due
  boolean sample(MappedIn kind, int pid);

  /// Inspects everything.
  ///
  /// @return empty if this host has no sshd
  Optional<Fingerprint> inspect() throws InterruptedException;
}
