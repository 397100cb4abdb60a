package io.halfsecond.collector.inventory;

import java.util.Optional;

/// Ways to look at what sshd is made of, short ones and a full one.
public interface Looks {
  /// What a short look says.
  enum Check {
    /** All that the last full look depended on is as it was then. */
    SAME,
    /** Something is not, or there was no full look: one would tell what. */
    MOVED,
    /**
     * A listener has just begun or ended, and may still load something, or come back. The next
     * check will tell.
     */
    UNSETTLED
  }

  /// Looks whether another full look is due.
  Check check();

  /// Looks at the memory of a monitor that forks its preauth child just now.
  ///
  /// @return whether it has something that the one before had not, or the other way round, so that
  ///   a full look is due
  boolean sample(int monitor);

  /// Looks at everything again.
  ///
  /// @return empty if this host has no sshd
  Optional<Fingerprint> look() throws InterruptedException;
}
