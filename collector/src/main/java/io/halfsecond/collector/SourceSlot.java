package io.halfsecond.collector;

import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.util.Optional;

/// The place of one source, whether or not the source can run here.
final class SourceSlot {
  /// Makes a source, without starting it.
  @FunctionalInterface
  interface Opener {
    Source open() throws SourceUnavailableException;
  }

  private final String name;
  private final Optional<Source> source;
  private final SourceMeter meter;
  private volatile boolean running;

  private SourceSlot(String name, Optional<Source> source, SourceMeter meter) {
    this.name = name;
    this.source = source;
    this.meter = meter;
  }

  static SourceSlot of(Source source) {
    return new SourceSlot(source.name(), Optional.of(source), source.meter());
  }

  static SourceSlot open(String name, Opener opener) {
    try {
      return of(opener.open());
    } catch (SourceUnavailableException e) {
      return unavailable(name, String.valueOf(e.getMessage()));
    }
  }

  static SourceSlot unavailable(String name, String detail) {
    var meter = new SourceMeter();
    meter.become(SourceMeter.Condition.UNAVAILABLE, detail);
    return new SourceSlot(name, Optional.empty(), meter);
  }

  String name() {
    return name;
  }

  SourceMeter meter() {
    return meter;
  }

  boolean running() {
    return running;
  }

  /// Whether it was started, was not stopped, and yet delivers no more.
  boolean died() {
    return running
        && switch (meter.state().condition()) {
          case STOPPED, UNAVAILABLE -> true;
          case RUNNING, DEGRADED -> false;
        };
  }

  /// Starts the source if there is one and it can run.
  void start(Source.Sink sink) {
    if (source.isEmpty()) {
      return;
    }
    try {
      source.get().start(sink);
      running = true;
    } catch (SourceUnavailableException e) {
      meter.become(SourceMeter.Condition.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  void stop() {
    running = false;
    source.ifPresent(Source::close);
  }
}
