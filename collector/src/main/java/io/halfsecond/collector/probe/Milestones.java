package io.halfsecond.collector.probe;

/// Is told how far a probe has come, while it runs. Must not take long: the next phase is being
/// timed.
public interface Milestones {
  /// Tells nobody.
  Milestones NOBODY =
      new Milestones() {
        @Override
        public boolean bound(int port) {
          return true;
        }

        @Override
        public void identified(long atNanos) {}
      };

  /// The client has a port, and the server cannot know of it yet.
  ///
  /// @return whether it may connect
  boolean bound(int port);

  /// The server has identified itself.
  ///
  /// @param atNanos by [System#nanoTime()]
  void identified(long atNanos);
}
