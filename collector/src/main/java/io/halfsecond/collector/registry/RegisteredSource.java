package io.halfsecond.collector.registry;

import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.util.Optional;

/// One source with its meter, whether or not it can run on this host.
public final class RegisteredSource {
  /// What a source delivers.
  public enum Delivers {
    /** Process events of the kernel. */
    KERNEL_EVENTS,
    /** Lines that sshd has logged. */
    LOG_LINES,
    /** The collector's own probes: no evidence of anybody's login. */
    PROBES;

    boolean isEvidence() {
      return this != PROBES;
    }
  }

  /// Makes a source, without starting it.
  @FunctionalInterface
  public interface Opener {
    Source open() throws SourceUnavailableException;
  }

  private final String name;
  private final Delivers delivers;
  private final Optional<Source> source;
  private final SourceMeter meter;
  private volatile boolean running;

  private RegisteredSource(
      String name, Delivers delivers, Optional<Source> source, SourceMeter meter) {
    this.name = name;
    this.delivers = delivers;
    this.source = source;
    this.meter = meter;
  }

  /// @param name short and fixed, for metrics and messages
  public static RegisteredSource open(String name, Delivers delivers, Opener opener) {
    try {
      var source = opener.open();
      return new RegisteredSource(name, delivers, Optional.of(source), source.meter());
    } catch (SourceUnavailableException e) {
      var meter = new SourceMeter();
      meter.become(SourceMeter.Condition.UNAVAILABLE, String.valueOf(e.getMessage()));
      return new RegisteredSource(name, delivers, Optional.empty(), meter);
    }
  }

  public String name() {
    return name;
  }

  public Delivers delivers() {
    return delivers;
  }

  public SourceMeter meter() {
    return meter;
  }

  /// Whether it was started, and not stopped since.
  public boolean running() {
    return running;
  }

  /// Whether it runs. That is no evidence that it delivers, see [#degraded].
  public boolean up() {
    return meter.up();
  }

  /// Whether it runs and a part of its evidence is missing, or all of it.
  public boolean degraded() {
    return meter.degraded();
  }

  /// The name, and what is missing.
  String complaint() {
    return name + ": " + meter.state().detail();
  }

  /// Starts the source if there is one and it can run.
  void start(Source.EventSink sink) {
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
