package io.halfsecond.collector.sink;

/// The settings of one kind of sink.
public interface SinkSettings {
  /// @param client names this collector to the destination
  Sink open(String client);
}
