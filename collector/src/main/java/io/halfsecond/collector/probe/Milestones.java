package io.halfsecond.collector.probe;

/// Is told how far a probe has come, while it runs. Must not take long: the next phase is being timed.
public interface Milestones {
  /// Tells nobody.
  Milestones NOBODY = new Milestones() {
    @Override
    public void bound(int port) {}

    @Override
    public void identified(long atNanos) {}
  };

  /// The client has a port, and the server cannot know of it yet.
  void bound(int port);

  /// The server has identified itself.
  ///
  /// @param atNanos by [System#nanoTime()]
  void identified(long atNanos);
}
