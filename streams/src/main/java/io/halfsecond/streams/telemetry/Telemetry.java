package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.SessionCpu;
import java.time.Instant;

/// One record of a collector, whichever of its topics it came on.
public sealed interface Telemetry {

  /// A connection's authentication was decided.
  record Authentication(AuthTiming timing) implements Telemetry {
    @Override
    public String host() {
      return timing.getHost();
    }

    @Override
    public String collector() {
      return timing.getCollector();
    }

    @Override
    public long sequence() {
      return timing.getSequence();
    }

    @Override
    public Instant at() {
      return timing.getDecidedAt();
    }
  }

  /// A connection ended.
  record Session(SessionCpu cpu) implements Telemetry {
    @Override
    public String host() {
      return cpu.getHost();
    }

    @Override
    public String collector() {
      return cpu.getCollector();
    }

    @Override
    public long sequence() {
      return cpu.getSequence();
    }

    @Override
    public Instant at() {
      return cpu.getEndedAt();
    }
  }

  /// The collector lives, and accounts for what it read.
  record Heartbeat(CollectorStatus status) implements Telemetry {
    @Override
    public String host() {
      return status.getHost();
    }

    @Override
    public String collector() {
      return status.getCollector();
    }

    @Override
    public long sequence() {
      return status.getSequence();
    }

    @Override
    public Instant at() {
      return status.getAt();
    }
  }

  String host();

  /// The run of the collector within which [#sequence()] counts.
  String collector();

  long sequence();

  /// Event time, from the clock of the host.
  Instant at();
}
