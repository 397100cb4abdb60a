package io.halfsecond.collector.source;

import io.halfsecond.collector.event.SshEvent;

/// A place that events come from.
///
/// A source runs on threads of its own from [#start] to [#close]. It never blocks on its consumer:
/// what the sink does not take is dropped and counted by the source's meter.
public interface Source extends AutoCloseable {
  /// Short and fixed, for metrics and messages: `kernel`, `log`.
  String name();

  /// Begins to deliver events to the sink.
  ///
  /// @throws SourceUnavailableException if the source cannot work here; the message says what is
  ///   missing
  void start(Sink sink) throws SourceUnavailableException;

  SourceMeter meter();

  /// Stops delivering and waits for the source's threads. Harmless if not started.
  @Override
  void close();

  /// Waits for a source's thread to end, whether or not the caller is interrupted meanwhile.
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes events from a source, on the source's thread.
  @FunctionalInterface
  interface Sink {
    /// Returns at once; false if there was no room and the event was not taken.
    boolean offer(SshEvent event);
  }
}
