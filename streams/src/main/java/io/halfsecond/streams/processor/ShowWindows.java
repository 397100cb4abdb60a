package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.NotableHosts;
import io.halfsecond.streams.window.Display;
import io.halfsecond.streams.window.HostWindow;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Keeps windows of the measurements of hosts, and shows the one that [Display] selects as gauges.
///
/// The gauges show the present, so the windows are in memory only: telemetry older than two windows
/// is never shown, and after a restart the gauges of a host return with its first record.
///
/// Of a host whose details are not shown, only startup is kept, in windows of [#OF_EVERY_HOST]. Its
/// other signals appear with the first connection after it has become notable.
public final class ShowWindows implements Processor<String, Output.Published, Void, Void> {
  /// How often the gauges are updated. Prometheus scrapes every 15 s by default.
  public static final Duration REFRESH = Duration.ofSeconds(5);

  /// The window that every host has.
  private static final Duration OF_EVERY_HOST = Duration.ofMinutes(5);

  private static final List<Double> QUANTILES = List.of(0.5, 0.95, 0.99);
  private static final List<Double> QUANTILES_OF_EVERY_HOST = List.of(0.5, 0.95);

  /// Which series of a host are on the board.
  ///
  /// @param quantiles of each signal
  private record Shown(Set<Signal> signals, List<Double> quantiles) {}

  private static final Shown NOTHING = new Shown(Set.of(), List.of());

  private final String label;
  private final Duration size;
  private final Display display;
  private final Board.Section board;
  private final NotableHosts notable;
  private final Map<String, Shown> onBoard = new HashMap<>();

  /// @param label of the window, for example `1m`
  public ShowWindows(String label, Duration size, Board board, NotableHosts notable) {
    this.label = label;
    this.size = size;
    this.display = new Display(size);
    this.board = board.section();
    this.notable = notable;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    context.schedule(
        REFRESH,
        PunctuationType.WALL_CLOCK_TIME,
        now -> display.hosts().forEach(host -> refresh(host, now)));
  }

  @Override
  public void process(Record<String, Output.Published> record) {
    FailedRecordException.handle(() -> take(record));
  }

  private void take(Record<String, Output.Published> record) {
    if (record.value() instanceof Output.Measured(var reading)) {
      var kept = kept(record.key(), reading);
      if (!kept.isEmpty()) {
        long start = record.timestamp() - Math.floorMod(record.timestamp(), size.toMillis());
        display.window(record.key(), start).ifPresent(window -> kept.forEach(window::add));
      }
    }
  }

  private List<Measurement> kept(String host, Reading reading) {
    if (notable.isNotable(host)) {
      return reading.measurements();
    }
    return ofEveryHost()
        ? reading.measurements().stream()
            .filter(measurement -> measurement.signal() == HostBoard.LEADING_SIGNAL)
            .toList()
        : List.of();
  }

  private boolean ofEveryHost() {
    return size.equals(OF_EVERY_HOST) && notable.anyShown();
  }

  private void refresh(String host, long now) {
    var window = display.shown(host, now);
    var before = onBoard.getOrDefault(host, NOTHING);
    var shown = window.map(filled -> shown(host, filled)).orElse(NOTHING);
    if (!shown.quantiles.equals(before.quantiles)) {
      before.signals.forEach(signal -> remove(host, signal));
    } else {
      before.signals.stream()
          .filter(signal -> !shown.signals.contains(signal))
          .forEach(signal -> remove(host, signal));
    }
    window.ifPresent(
        filled -> shown.signals.forEach(signal -> put(host, signal, filled, shown.quantiles)));
    if (shown.signals.isEmpty()) {
      onBoard.remove(host);
    } else {
      onBoard.put(host, shown);
    }
  }

  private Shown shown(String host, HostWindow window) {
    var signals = window.signals();
    if (notable.isNotable(host)) {
      return new Shown(signals, QUANTILES);
    }
    return ofEveryHost() && signals.contains(HostBoard.LEADING_SIGNAL)
        ? new Shown(Set.of(HostBoard.LEADING_SIGNAL), QUANTILES_OF_EVERY_HOST)
        : NOTHING;
  }

  private void put(String host, Signal signal, HostWindow window, List<Double> quantiles) {
    var tags = tags(host, signal);
    board.gauge(Meters.SIGNAL_CONNECTIONS, tags, (double) window.count(signal));
    for (double q : quantiles) {
      double value = window.quantile(signal, q);
      switch (Signals.unit(signal)) {
        case NANOSECONDS -> board.gauge(Meters.SIGNAL, quantile(tags, q), value / 1e9);
        case COUNT -> board.gauge(Meters.FAULTS, quantile(tags, q), value);
        case UNKNOWN -> throw new IllegalStateException("signal " + signal + " has no unit");
      }
    }
  }

  private void remove(String host, Signal signal) {
    var tags = tags(host, signal);
    board.remove(Meters.SIGNAL_CONNECTIONS, tags);
    for (double q : QUANTILES) {
      board.remove(Meters.SIGNAL, quantile(tags, q));
      board.remove(Meters.FAULTS, quantile(tags, q));
    }
  }

  private static Tags quantile(Tags tags, double q) {
    return tags.and("quantile", Double.toString(q));
  }

  private Tags tags(String host, Signal signal) {
    return Tags.of("host", host, "signal", Signals.label(signal), "window", label);
  }

  @Override
  public void close() {
    display.clear();
    onBoard.clear();
    board.close();
  }
}
