package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import io.halfsecond.streams.alert.AlertLabels;
import io.halfsecond.streams.engine.Background;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.AlertSlots;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.NotableHosts;
import io.halfsecond.streams.metric.ShownAlerts;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the outputs of an engine as meters.
public final class OutputMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputMeters.class);
  private static final String SELF_TEST = "selftest";
  private static final String APPLIED = "applied";
  private static final String IGNORED = "ignored";
  private static final String REFUSED = "refused";

  private final MeterRegistry registry;
  private final Map<Signal, Counter> measurements = new EnumMap<>(Signal.class);
  private final AlertBoard alerts;
  private final ShownAlerts.Section shown;
  private final HostBoard hosts;
  private final ConnectionMeters connections;

  /// @param slots for the alerts of the engine
  public OutputMeters(MeterRegistry registry, Board board, NotableHosts notable, AlertSlots slots) {
    this.registry = registry;
    this.alerts = new AlertBoard(board.section(), slots);
    this.shown = board.alerts().section();
    this.hosts = new HostBoard(board, notable);
    this.connections = new ConnectionMeters(registry);
  }

  /// Registers all counters, so that each is shown as 0 at first.
  public static void register(MeterRegistry registry) {
    for (var reason : new String[] {"duplicate", "late", "incomplete", "probe"}) {
      skipped(registry, reason);
    }
    Signals.all().forEach(row -> measured(registry, row.label()));
    measured(registry, SELF_TEST);
    retired(registry);
    clocksSet(registry);
    for (var state : AlertState.values()) {
      if (state != AlertState.UNKNOWN) {
        records(registry, state);
      }
    }
    for (var result : new String[] {APPLIED, IGNORED, REFUSED}) {
      decisions(registry, result);
    }
    for (var answer : Answer.values()) {
      if (answer != Answer.RIGHT) {
        refused(registry, answer);
      }
    }
  }

  /// Shows an open alert.
  void open(Alert alert) {
    alerts.show(alert);
    if (AlertBoard.isShown(alert)) {
      shown.put(alert);
    } else {
      shown.remove(alert);
    }
    hosts.open(alert);
  }

  /// Shows the newest titles of alerts. Called every few seconds of wall clock.
  void refreshAlerts() {
    alerts.refresh();
  }

  /// Decides anew of which hosts details are shown. Called every few seconds of wall clock.
  ///
  /// @param background of a host
  void refreshHosts(long nowMillis, Function<String, Background> background) {
    hosts.refresh(nowMillis, background);
  }

  void show(Output output) {
    switch (output) {
      case Output.Alerted(var change, _) -> {
        change.before().ifPresent(before -> over(before, change.open()));
        change.open().ifPresent(this::open);
        change.records().forEach(alert -> records(registry, alert.getState()).increment());
      }
      case Output.Evidence(var key, double ratio, long baseline) ->
          hosts.evidence(key, ratio, baseline);
      case Output.HeartbeatSeen(var host, var state) -> hosts.heartbeat(host, state);
      case Output.FellSilent(var host) -> hosts.silent(host);
      case Output.ClockWasSet _ -> clocksSet(registry).increment();
      case Output.Retired(var host) -> {
        hosts.retire(host);
        retired(registry).increment();
      }
      case Output.Measured(var reading) -> {
        hosts.measured(reading.host());
        count(reading);
      }
      case Output.LeftOut(var reason) -> skipped(registry, AlertLabels.label(reason)).increment();
      case Output.NotMeasured(var reason) ->
          skipped(registry, AlertLabels.label(reason)).increment();
      case Output.Decided(var control, boolean applied) -> decided(control, applied);
      case Output.Refused(var record) -> refuse(record);
      case Output.ToCohort _, Output.Profiled _ -> {}
    }
  }

  private void over(Alert before, Optional<Alert> now) {
    if (now.filter(alert -> alert.getAlertId().equals(before.getAlertId())).isEmpty()) {
      alerts.hide(before);
      shown.remove(before);
    }
    hosts.over(before);
  }

  private void count(Reading reading) {
    reading
        .measurements()
        .forEach(
            measurement ->
                measurements
                    .computeIfAbsent(
                        measurement.signal(), signal -> measured(registry, Signals.label(signal)))
                    .increment());
    if (reading.telemetry() instanceof Telemetry.Authentication(var timing)) {
      connections.count(timing);
    }
    if (reading.telemetry() instanceof Telemetry.SelfTest(var report)) {
      measured(registry, SELF_TEST).increment(report.getComparisons().size());
    }
  }

  private void decided(AlertControl control, boolean applied) {
    decisions(registry, applied ? APPLIED : IGNORED).increment();
    if (!applied) {
      LOG.warn(
          "decision on alert {} ignored: the alert is not open, or was not accepted last",
          control.getAlertId());
    }
  }

  private void refuse(Input.Forged record) {
    switch (record.claimed()) {
      case Telemetry _, Input.Forged _ -> refused(registry, record.answer()).increment();
      case Input.Control _ -> decisions(registry, REFUSED).increment();
    }
  }

  private static Counter refused(MeterRegistry registry, Answer answer) {
    return Meters.RECORDS_REFUSED.counter(registry, Tags.of("reason", AlertLabels.label(answer)));
  }

  private static Counter skipped(MeterRegistry registry, String reason) {
    return Meters.RECORDS_SKIPPED.counter(registry, Tags.of("reason", reason));
  }

  private static Counter retired(MeterRegistry registry) {
    return Meters.HOSTS_RETIRED.counter(registry, Tags.empty());
  }

  private static Counter clocksSet(MeterRegistry registry) {
    return Meters.CLOCKS_SET.counter(registry, Tags.empty());
  }

  private static Counter measured(MeterRegistry registry, String signal) {
    return Meters.MEASUREMENTS.counter(registry, Tags.of("signal", signal));
  }

  private static Counter records(MeterRegistry registry, Enum<?> state) {
    return Meters.ALERT_RECORDS.counter(registry, Tags.of("state", AlertLabels.label(state)));
  }

  private static Counter decisions(MeterRegistry registry, String result) {
    return Meters.DECISIONS.counter(registry, Tags.of("result", result));
  }

  @Override
  public void close() {
    alerts.close();
    shown.close();
    hosts.close();
  }
}
