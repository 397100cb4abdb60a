package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Losses;
import io.halfsecond.streams.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the outputs of an engine as meters.
public final class OutputMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputMeters.class);
  private static final String SELF_TEST = "selftest";

  private final MeterRegistry registry;
  private final Map<Signal, Counter> measurements = new EnumMap<>(Signal.class);
  private final Board.Section board;
  private final AlertBoard alerts;
  private final EvidenceBoard evidence;

  public OutputMeters(MeterRegistry registry, Board board) {
    this.registry = registry;
    this.board = board.section();
    this.alerts = new AlertBoard(board.section());
    this.evidence = new EvidenceBoard(board.section());
  }

  /// Registers all counters, so that each is shown as 0 at first.
  public static void register(MeterRegistry registry) {
    for (var reason : new String[] {"duplicate", "late", "incomplete", "probe"}) {
      skipped(registry, reason);
    }
    Signals.all().forEach(row -> measured(registry, row.label()));
    measured(registry, SELF_TEST);
    for (var state : AlertState.values()) {
      if (state != AlertState.UNKNOWN) {
        records(registry, state);
      }
    }
    decisions(registry, true);
    decisions(registry, false);
  }

  /// Shows an alert that was open before a restart.
  void open(Alert alert) {
    alerts.show(alert);
  }

  void show(Output output) {
    switch (output) {
      case Output.Alerted(var change, _) -> {
        change.before().ifPresent(alerts::hide);
        change.open().ifPresent(alerts::show);
        change.records().forEach(alert -> records(registry, alert.getState()).increment());
      }
      case Output.Evidence(var key, double ratio, long baseline) ->
          evidence.show(key, ratio, baseline);
      case Output.HeartbeatSeen(var host, var state) -> heartbeat(host, state);
      case Output.Measured(var reading) -> count(reading);
      case Output.LeftOut(var reason) -> skipped(registry, label(reason)).increment();
      case Output.NotMeasured(var reason) -> skipped(registry, label(reason)).increment();
      case Output.Decided(var control, boolean applied) -> decided(control, applied);
      case Output.ToCohort _, Output.Profiled _ -> {}
    }
  }

  private void heartbeat(String host, HostState state) {
    var tags = Tags.of("host", host);
    if (state.heartbeat().isAfter(Instant.MIN)) {
      board.gauge(Meters.HEARTBEAT, Meters.SECONDS, tags, state.heartbeat().toEpochMilli() / 1e3);
    }
    // Shown as 0 at first, so that Prometheus sees its increase.
    lost(tags, Losses.MISSING, 0);
    state.losses().totals().forEach((reason, count) -> lost(tags, reason, count));
  }

  private void lost(Tags host, String reason, double count) {
    if (!reason.equals(Losses.RESTART)) {
      board.counter(Meters.LOST, host.and("reason", reason), count);
    }
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
    if (reading.telemetry() instanceof Telemetry.SelfTest(var report)) {
      measured(registry, SELF_TEST).increment(report.getComparisons().size());
    }
  }

  private void decided(AlertControl control, boolean applied) {
    decisions(registry, applied).increment();
    if (!applied) {
      LOG.warn(
          "decision on alert {} ignored: the alert is not open, or was not accepted last",
          control.getAlertId());
    }
  }

  private static Counter skipped(MeterRegistry registry, String reason) {
    return Counter.builder(Meters.RECORDS_SKIPPED).tag("reason", reason).register(registry);
  }

  private static Counter measured(MeterRegistry registry, String signal) {
    return Counter.builder(Meters.MEASUREMENTS).tag("signal", signal).register(registry);
  }

  private static Counter records(MeterRegistry registry, Enum<?> state) {
    return Counter.builder(Meters.ALERT_RECORDS).tag("state", label(state)).register(registry);
  }

  private static Counter decisions(MeterRegistry registry, boolean applied) {
    return Counter.builder(Meters.DECISIONS)
        .tag("result", applied ? "applied" : "ignored")
        .register(registry);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    board.close();
    alerts.close();
    evidence.close();
  }
}
