package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/// Writes a [Verdict] as an [Alert]. Pure: the same verdict gives the same bytes.
public final class Alerts {
  /// 128 bits: 32 hexadecimal digits.
  private static final int ID_BYTES = 16;

  private Alerts() {}

  public static Alert of(Verdict verdict) {
    var facts = verdict.step().facts();
    var key = verdict.key();
    var alert = new Alert();
    alert.setAlertId(id(key, facts.openedBy()));
    alert.setState(state(verdict.step()));
    alert.setRevision(facts.revision());
    alert.setHost(key.host());
    alert.setSignal(key.signal());
    alert.setStratum(key.stratum());
    alert.setDirection(direction(facts.direction()));
    alert.setPhase(Signals.phase(key.signal()));
    alert.setAt(micros(facts.at()));
    alert.setOpenedAt(micros(facts.openedAt()));
    alert.setOnset(micros(facts.onset()));
    alert.setBefore(quantiles(facts.before()));
    alert.setAfter(quantiles(facts.after()));
    alert.setShiftNanos(facts.shift());
    alert.setShiftLowNanos(facts.shiftLow());
    alert.setShiftHighNanos(facts.shiftHigh());
    alert.setPreliminary(facts.preliminary());
    alert.setConnections(facts.connections());
    alert.setVotes(facts.votes());
    alert.setEvidenceDays(facts.evidenceDays());
    alert.setLimitDays(facts.limitDays());
    alert.setTelemetryComplete(verdict.telemetryComplete());
    alert.setSummary(Sentence.of(alert));
    return alert;
  }

  /// The first half of SHA-256 over host, signal, stratum and the connection that opened the alert, each ended by
  /// a line feed, in hexadecimal.
  static String id(SignalKey key, String openedBy) {
    var text = "%s\n%s\n%s\n%s\n".formatted(key.host(), Signals.label(key.signal()), key.stratum(), openedBy);
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static AlertState state(AlertStep step) {
    return switch (step) {
      case AlertStep.Opened _ -> AlertState.OPENED;
      case AlertStep.Updated _ -> AlertState.UPDATED;
      case AlertStep.Resolved _ -> AlertState.RESOLVED;
    };
  }

  private static Direction direction(io.halfsecond.streams.detector.Direction direction) {
    return switch (direction) {
      case UP -> Direction.UP;
      case DOWN -> Direction.DOWN;
    };
  }

  private static Quantiles quantiles(Summary summary) {
    return new Quantiles(summary.count(), summary.p50(), summary.p95(), summary.p99());
  }

  /// What the Avro type can hold, so that an alert reads the same before and after its journey.
  private static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }
}
