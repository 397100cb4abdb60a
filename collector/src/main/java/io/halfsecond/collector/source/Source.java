package io.halfsecond.collector.source;

import io.halfsecond.collector.event.SshEvent;

/// A source of events.
///
/// A source runs on its own threads from [#start] to [#close]. It never waits for its consumer:
/// events that the sink does not take are dropped and counted by the source's meter.
public interface Source extends AutoCloseable {
  /// Starts to deliver events to the sink.
  ///
  /// @throws SourceUnavailableException if the source cannot work here; the message says what is
  ///   missing
  void start(EventSink sink) throws SourceUnavailableException;

  SourceMeter meter();

  /// Stops, and waits for the source's threads. Does nothing if the source was not started.
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

  /// Receives a source's events, on the source's thread.
  @FunctionalInterface
  interface EventSink {
    /// Returns at once; false if there was no room for the event.
    boolean offer(SshEvent event);

    /// Every event until then has been offered. A source that knows how far it has read says so
    /// several times a second, also while nothing happens, and begins with [Long#MIN_VALUE] before
    /// [Source#start] returns.
    ///
    /// @param nanos on `CLOCK_MONOTONIC`
    default void offeredUntil(long nanos) {}

    /// What happened from one time to the other may be missing, and nobody knows how much it is.
    ///
    /// @param from on `CLOCK_MONOTONIC`
    /// @param to likewise
    default void gap(long from, long to) {}
  }
}
