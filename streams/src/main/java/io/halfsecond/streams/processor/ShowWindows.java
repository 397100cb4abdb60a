package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.window.Display;
import io.halfsecond.streams.window.HostWindow;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
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
public final class ShowWindows implements Processor<String, Output.Published, Void, Void> {
  /// How often the gauges are updated. Prometheus scrapes every 15 s by default.
  public static final Duration REFRESH = Duration.ofSeconds(5);

  private static final double[] QUANTILES = {0.5, 0.95, 0.99};

  private final String label;
  private final Duration size;
  private final Display display;
  private final Board.Section board;
  private final Map<String, Set<Signal>> onBoard = new HashMap<>();

  /// @param label of the window, for example `1m`
  public ShowWindows(String label, Duration size, Board board) {
    this.label = label;
    this.size = size;
    this.display = new Display(size);
    this.board = board.section();
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
    if (record.value() instanceof Output.Measured(var reading)
        && !reading.measurements().isEmpty()) {
      long start = record.timestamp() - Math.floorMod(record.timestamp(), size.toMillis());
      display.window(record.key(), start).ifPresent(window -> window.add(reading));
    }
  }

  private void refresh(String host, long now) {
    var shown = display.shown(host, now);
    var signals = shown.map(HostWindow::signals).orElse(Set.of());
    shown.ifPresent(window -> signals.forEach(signal -> put(host, signal, window)));
    var gone = new HashSet<>(onBoard.getOrDefault(host, Set.of()));
    gone.removeAll(signals);
    gone.forEach(signal -> remove(host, signal));
    if (signals.isEmpty()) {
      onBoard.remove(host);
    } else {
      onBoard.put(host, signals);
    }
  }

  private void put(String host, Signal signal, HostWindow window) {
    var tags = tags(host, signal);
    board.gauge(Meters.SIGNAL_CONNECTIONS, Meters.NO_UNIT, tags, (double) window.count(signal));
    for (double q : QUANTILES) {
      double value = window.quantile(signal, q);
      switch (Signals.unit(signal)) {
        case NANOSECONDS ->
            board.gauge(Meters.SIGNAL, Meters.SECONDS, quantile(tags, q), value / 1e9);
        case COUNT -> board.gauge(Meters.FAULTS, Meters.NO_UNIT, quantile(tags, q), value);
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
