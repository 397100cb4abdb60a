package io.halfsecond.collector.probe;

/// Is told how far a probe has come, while it runs. Must not take long: the next phase is being
/// timed.
public interface Milestones {
  /// Lets every probe connect, and ignores the rest.
  Milestones IGNORED = new Milestones() {};

  /// The client has a port, and the server cannot know of it yet.
  ///
  /// @return whether it may connect
  default boolean bound(int port) {
    return true;
  }

  /// The server has identified itself.
  ///
  /// @param atNanos by [System#nanoTime()]
  default void identified(long atNanos) {}
}
