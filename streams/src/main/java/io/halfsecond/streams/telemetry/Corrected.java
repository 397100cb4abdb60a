package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.streams.telemetry.HostClock.Correction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Telemetry with the times by which its host is judged, in place of those of the host's clock. The
/// record itself is not changed.
final class Corrected {
  private final Duration times;
  private final Duration starts;

  private Corrected(Correction correction) {
    this.times = correction.times();
    this.starts = correction.starts();
  }

  static Telemetry by(Correction correction, Telemetry telemetry) {
    if (correction.times().isZero() && correction.starts().isZero()) {
      return telemetry;
    }
    var corrected = new Corrected(correction);
    return switch (telemetry) {
      case Telemetry.Authentication(var timing) ->
          new Telemetry.Authentication(corrected.of(timing));
      case Telemetry.Session(var cpu) -> new Telemetry.Session(corrected.of(cpu));
      case Telemetry.Probe(var timing) ->
          new Telemetry.Probe(
              ProbeTiming.newBuilder(timing).setAt(corrected.time(timing.getAt())).build());
      case Telemetry.SelfTest(var report) ->
          new Telemetry.SelfTest(
              SelfTestReport.newBuilder(report).setAt(corrected.time(report.getAt())).build());
      case Telemetry.Inventory(var fingerprint) ->
          new Telemetry.Inventory(corrected.of(fingerprint));
      case Telemetry.Heartbeat(var status) -> new Telemetry.Heartbeat(corrected.of(status));
      case Telemetry.Tampering(var evidence) ->
          new Telemetry.Tampering(
              TamperEvidence.newBuilder(evidence).setAt(corrected.time(evidence.getAt())).build());
    };
  }

  private AuthTiming of(AuthTiming timing) {
    var corrected =
        AuthTiming.newBuilder(timing)
            .setConnectedAt(time(timing.getConnectedAt()))
            .setDecidedAt(time(timing.getDecidedAt()));
    timing.getSeenSince().map(this::time).ifPresent(corrected::setSeenSince);
    return corrected.build();
  }

  private SessionCpu of(SessionCpu cpu) {
    var corrected =
        SessionCpu.newBuilder(cpu)
            .setConnectedAt(time(cpu.getConnectedAt()))
            .setEndedAt(time(cpu.getEndedAt()));
    cpu.getSeenSince().map(this::time).ifPresent(corrected::setSeenSince);
    return corrected.build();
  }

  private HostFingerprint of(HostFingerprint fingerprint) {
    var at = fingerprint.getAt();
    var previous = fingerprint.getPreviousInspectionAt();
    var corrected =
        HostFingerprint.newBuilder(fingerprint)
            .setAt(time(at))
            .setBootedAt(start(fingerprint.getBootedAt()))
            .setObjects(
                fingerprint.getObjects().stream().map(object -> of(object, previous, at)).toList());
    previous.map(this::time).ifPresent(corrected::setPreviousInspectionAt);
    fingerprint.getListenerStartedAt().map(this::start).ifPresent(corrected::setListenerStartedAt);
    fingerprint.getMonitorStartedAt().map(this::start).ifPresent(corrected::setMonitorStartedAt);
    return corrected.build();
  }

  /// The package manager's time matters if it is between the two inspections.
  private MappedObject of(MappedObject object, Optional<Instant> previous, Instant at) {
    var installed = object.getInstalledAt();
    return previous.filter(installed::isAfter).isPresent() && !installed.isAfter(at)
        ? MappedObject.newBuilder(object).setInstalledAt(time(installed)).build()
        : object;
  }

  private CollectorStatus of(CollectorStatus status) {
    var corrected =
        CollectorStatus.newBuilder(status)
            .setAt(time(status.getAt()))
            .setStartedAt(start(status.getStartedAt()));
    status.getInventoryAt().map(this::time).ifPresent(corrected::setInventoryAt);
    status
        .getSpool()
        .flatMap(
            spool ->
                spool
                    .getOldestAt()
                    .map(at -> SpoolStatus.newBuilder(spool).setOldestAt(time(at)).build()))
        .ifPresent(corrected::setSpool);
    return corrected.build();
  }

  private Instant time(Instant at) {
    return at.plus(times);
  }

  private Instant start(Instant at) {
    return at.plus(starts);
  }
}
