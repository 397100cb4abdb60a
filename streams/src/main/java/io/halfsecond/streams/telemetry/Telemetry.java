package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.TamperEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One record of a collector, of any of its topics.
public sealed interface Telemetry extends Input {

  /// The fields that all records have.
  ///
  /// @param collector the run of the collector within which `sequence` counts
  /// @param at event time, from the clock of the host
  record Header(String host, String collector, long sequence, Instant at) {}

  /// The authentication of a connection was decided.
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

  /// A round of the active probe has ended.
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

  /// A self-test has ended.
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

  /// The result of an inspection: sent after a change, and daily.
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

  /// The collector is alive, and reports what it has read, emitted and lost.
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

  /// A collector has found evidence of tampering.
  record Tampering(TamperEvidence evidence) implements Telemetry {
    @Override
    public Header header() {
      return new Header(
          evidence.getHost(), evidence.getCollector(), evidence.getSequence(), evidence.getAt());
    }

    @Override
    public Optional<Id> id() {
      return Optional.of(new Id(Id.Kind.EVIDENCE, evidence.getId()));
    }
  }

  /// Identifies a record within its host. The id is the same if the record is sent or made again.
  ///
  /// @param subject the connection, round or self-test: 32 hexadecimal digits
  record Id(Kind kind, String subject) {
    /// How long ids are remembered, by event time. A record older than that cannot be distinguished
    /// from a duplicate.
    public static final Duration REMEMBERED = Duration.ofHours(24);

    /// The kind of record. A connection has two: its authentication and its session.
    public enum Kind {
      AUTHENTICATION("a"),
      SESSION("s"),
      PROBE("p"),
      SELF_TEST("t"),
      EVIDENCE("e");

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

  /// Empty for a heartbeat and a fingerprint: their run and number identify them.
  Optional<Id> id();

  @Override
  default String key() {
    return host();
  }

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
