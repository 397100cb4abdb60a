package io.halfsecond.collector.probe;

/// Receives the progress of a running probe. Must return quickly: the next phase is being timed.
public interface Milestones {
  /// Lets every probe connect, and ignores the rest.
  Milestones IGNORED = new Milestones() {};

  /// The client has a port, which the server cannot know yet.
  ///
  /// @return whether the client may connect
  default boolean bound(int port) {
    return true;
  }

  /// The server has identified itself.
  ///
  /// @param atNanos by [System#nanoTime()]
  default void identified(long atNanos) {}
}
