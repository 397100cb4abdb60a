package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.SelfTestHistory;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.selftest.SelfTestJudge;
import io.halfsecond.streams.selftest.SelfTestSubject;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/// Finds programs of sshd that cost more as a service than elsewhere; see [SelfTestJudge].
final class SelfTestFinder implements Finder<Reading> {
  /// Share of the false-alarm budget of a host. With the shares of the signals it adds up to 1.
  static final double SHARE = 0.015;

  private static final AvroSerde<SelfTestHistory> SERDE = AvroSerde.of(SelfTestHistory.class);

  private final ByteStore store;
  private final HostStates hosts;
  private final OpenAlerts alerts;
  private final DoubleSupplier limitDays;

  /// @param store of this finder alone, by host
  /// @param limitDays evidence at which an alert opens
  SelfTestFinder(ByteStore store, HostStates hosts, OpenAlerts alerts, DoubleSupplier limitDays) {
    this.store = store;
    this.hosts = hosts;
    this.alerts = alerts;
    this.limitDays = limitDays;
  }

  @Override
  public List<Output> take(Reading reading, long nowMillis) {
    if (!(reading.telemetry() instanceof Telemetry.SelfTest(var report))) {
      return List.of();
    }
    var history = history(reading.host());
    var steps = SelfTestJudge.take(history, report, limitDays.getAsDouble());
    store.put(reading.host(), SERDE.encode(history));
    return steps.stream()
        .map(step -> Output.of(alerts, verdict(reading.host(), step, Optional.empty())))
        .toList();
  }

  @Override
  public void forget(String host) {
    store.delete(host);
  }

  @Override
  public boolean owns(String subject) {
    return subject.startsWith(SelfTestSubject.PREFIX);
  }

  @Override
  public List<Output> decide(AlertControl control) {
    var host = control.getHost();
    var history = history(host);
    var verdict =
        SelfTestJudge.known(history, control.getSubject())
            .filter(
                known ->
                    Verdict.isAbout(
                        control, subject(host, control.getSubject()), known.getOpenedAt()))
            .flatMap(_ -> decide(history, control));
    verdict.ifPresent(_ -> store.put(host, SERDE.encode(history)));
    return verdict.map(reached -> Output.of(alerts, reached)).stream().toList();
  }

  private Optional<Verdict> decide(SelfTestHistory history, AlertControl control) {
    var host = control.getHost();
    var subject = control.getSubject();
    var acknowledgement = control.getAcknowledgement();
    var at = acknowledgement.getAt();
    return switch (acknowledgement.getDecision()) {
      case ACCEPT ->
          SelfTestJudge.accept(history, subject, at)
              .map(step -> verdict(host, step, Optional.of(acknowledgement)));
      case DISMISS ->
          SelfTestJudge.dismiss(history, subject, at)
              .map(step -> verdict(host, step, Optional.of(acknowledgement)));
      case ROLL_BACK ->
          SelfTestJudge.rollBack(history, subject)
              ? Optional.of(new Verdict.RolledBack(subject(host, subject), acknowledgement))
              : Optional.empty();
      // A decision of a newer version.
      case UNKNOWN -> Optional.empty();
    };
  }

  private SelfTestHistory history(String host) {
    return store.read(host, SERDE::decode).orElseGet(SelfTestJudge::fresh);
  }

  private Verdict verdict(
      String host, SelfTestJudge.SelfTestStep step, Optional<Acknowledgement> acknowledgement) {
    var difference = step.difference();
    var openedAt = difference.getOpenedAt();
    var foundAt = difference.getFoundMicros().map(SelfTestFinder::instant).orElse(openedAt);
    return new Verdict.Step(
        subject(host, difference.getSubject()),
        step.state(),
        Tier.STEP,
        step.at(),
        new Verdict.AlertTimes(
            openedAt,
            foundAt,
            difference.getNotBeforeMicros().map(SelfTestFinder::instant),
            foundAt),
        difference.getFinding().orElseThrow(),
        hosts.get(host).lossesSince(foundAt),
        acknowledgement);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private Subject subject(String host, String name) {
    return Subject.ofHost(host, hosts.get(host).cohort(), name);
  }
}
