package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import java.util.List;
import java.util.Optional;

/// Converts steps of the detector into verdicts with the records of the schema.
final class ShiftVerdicts {
  private ShiftVerdicts() {}

  /// @param scale one unit of the figures of the detector, in the unit of the signal
  /// @param losses of the telemetry since the onset
  static Verdict.Step of(
      Subject subject,
      SignalKey key,
      AlertStep step,
      double scale,
      List<TelemetryLoss> losses,
      Optional<Acknowledgement> acknowledgement) {
    var facts = step.facts();
    return new Verdict.Step(
        subject,
        switch (step) {
          case AlertStep.Opened _ -> AlertState.OPENED;
          case AlertStep.Confirmed _ -> AlertState.CONFIRMED;
          case AlertStep.Updated _ -> AlertState.UPDATED;
          case AlertStep.Resolved _ -> AlertState.RESOLVED;
          case AlertStep.Transient _ -> AlertState.TRANSIENT;
          case AlertStep.Acknowledged _ -> AlertState.ACKNOWLEDGED;
        },
        switch (facts.tier()) {
          case STEP -> Tier.STEP;
          case CREEP -> Tier.CREEP;
          case DRIFT -> Tier.DRIFT;
        },
        facts.at(),
        new Verdict.AlertTimes(
            facts.openedAt(), facts.onset(), facts.onsetNotBefore(), facts.onsetNotAfter()),
        finding(key, facts, scale),
        losses,
        acknowledgement);
  }

  private static ShiftFinding finding(SignalKey key, AlertFacts facts, double scale) {
    var row = Signals.of(key.signal());
    var finding =
        ShiftFinding.newBuilder()
            .setSignal(key.signal())
            .setStratum(key.stratum())
            .setDirection(
                switch (facts.direction()) {
                  case UP -> Direction.UP;
                  case DOWN -> Direction.DOWN;
                })
            .setPhase(row.phase())
            .setUnit(row.unit())
            .setBefore(quantiles(facts.before(), scale))
            .setAfter(quantiles(facts.after(), scale))
            .setShift(facts.shift() * scale)
            .setShiftLow(facts.shiftLow() * scale)
            .setShiftHigh(facts.shiftHigh() * scale)
            .setPreliminary(facts.preliminary())
            .setConnections(facts.connections())
            .setVotes(facts.votes())
            .setSources(facts.sources())
            .setWithoutLoad(facts.withoutLoad())
            .build();
    if (facts.waitingBefore() != Sample.NOT_KNOWN) {
      finding.setWaitingBefore(facts.waitingBefore());
    }
    if (facts.waitingAfter() != Sample.NOT_KNOWN) {
      finding.setWaitingAfter(facts.waitingAfter());
    }
    // Drift is measured against the anchor, without evidence.
    if (facts.tier() != io.halfsecond.streams.detector.Tier.DRIFT) {
      finding.setEvidenceDays(facts.evidenceDays());
      finding.setLimitDays(facts.limitDays());
    }
    return finding;
  }

  private static Quantiles quantiles(Summary summary, double scale) {
    return new Quantiles(
        summary.count(), summary.p50() * scale, summary.p95() * scale, summary.p99() * scale);
  }
}
