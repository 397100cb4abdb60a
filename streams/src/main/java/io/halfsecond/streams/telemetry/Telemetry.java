package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One record of a collector, whichever of its topics it came on.
public sealed interface Telemetry extends Input {

  /// What all of them say.
  ///
  /// @param collector the run of the collector within which `sequence` counts
  /// @param at event time, from the clock of the host
  record Header(String host, String collector, long sequence, Instant at) {}

  /// A connection's authentication was decided.
  record Authentication(AuthTiming timing) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          timing.getHost(), timing.getCollector(), timing.getSequence(), timing.getDecidedAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.of(new Id(Id.Kind.AUTHENTICATION, timing.getId()));
    }
  }

  /// A connection ended.
  record Session(SessionCpu cpu) implements Telemetry {
    @Override
    public Header header() {
      return new Header(cpu.getHost(), cpu.getCollector(), cpu.getSequence(), cpu.getEndedAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.of(new Id(Id.Kind.SESSION, cpu.getId()));
    }
  }

  /// A round of the active probe is over.
  record Probe(ProbeTiming timing) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          timing.getHost(), timing.getCollector(), timing.getSequence(), timing.getAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.of(new Id(Id.Kind.PROBE, timing.getId()));
    }
  }

  /// A self-test is over.
  record SelfTest(SelfTestReport report) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          report.getHost(), report.getCollector(), report.getSequence(), report.getAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.of(new Id(Id.Kind.SELF_TEST, report.getId()));
    }
  }

  /// It was looked what sshd is made of, and something is new.
  record Inventory(HostFingerprint fingerprint) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          fingerprint.getHost(),
          fingerprint.getCollector(),
          fingerprint.getSequence(),
          fingerprint.getAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.empty();
    }
  }

  /// The collector lives, and accounts for what it read.
  record Heartbeat(CollectorStatus status) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          status.getHost(), status.getCollector(), status.getSequence(), status.getAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.empty();
    }
  }

  /// Tells a record from all others of its host, and is the same whenever the record is sent or
  /// made again.
  ///
  /// @param subject the connection, round or self-test: 32 hexadecimal digits
  record Id(Kind kind, String subject) {
    /// For how long, by event time, it is remembered that a record was seen. An older one can't be
    /// told from a repeated one.
    public static final Duration REMEMBERED = Duration.ofHours(24);

    /// What the record tells. Of one connection there are two.
    public enum Kind {
      AUTHENTICATION("a"),
      SESSION("s"),
      PROBE("p"),
      SELF_TEST("t");

      private final String letter;

      Kind(String letter) {
        this.letter = letter;
      }
    }

    /// For example `a/0123456789abcdef0123456789abcdef`.
    public String text() {
      return kind.letter + "/" + subject;
    }
  }

  Header header();

  /// Empty for a heartbeat and a fingerprint: reading one twice changes nothing.
  Optional<Id> id();

  default String host() {
    return header().host();
  }

  default String collector() {
    return header().collector();
  }

  default long sequence() {
    return header().sequence();
  }

  @Override
  default Instant at() {
    return header().at();
  }
}
