package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.alert.ChangeMark;
import io.halfsecond.streams.engine.Background;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.Metric;
import io.micrometer.core.instrument.Tags;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Shows what the present of hosts is compared with: their baselines, and their last changes.
///
/// Baselines move slowly, and computing their quantiles at each measurement would cost more than
/// the detector. So a few hosts are shown anew each time, those first that were shown longest ago.
final class BackgroundBoard implements AutoCloseable {
  /// All that have details by default. Some 12 states of keys each, a tenth of a millisecond.
  static final int MOST_AT_ONCE = 100;

  /// The changes of some upgrades.
  static final int MOST_CHANGES = 8;

  /// Nine of ten connections of the baseline are between the outer ones.
  private static final List<Double> QUANTILES = List.of(0.05, 0.5, 0.95);

  private record Series(Metric metric, Tags tags) {}

  private final Board.Section board;

  /// The host that was shown longest ago is the first one.
  private final LinkedHashMap<String, Set<Series>> shown = new LinkedHashMap<>();

  BackgroundBoard(Board board) {
    this.board = board.section();
  }

  /// @param wanted the hosts that are shown from now on
  void refresh(Set<String> wanted, Function<String, Background> backgrounds) {
    shown.keySet().stream().filter(host -> !wanted.contains(host)).toList().forEach(this::hide);
    Stream.concat(
            wanted.stream().filter(host -> !shown.containsKey(host)),
            List.copyOf(shown.keySet()).stream())
        .limit(MOST_AT_ONCE)
        .toList()
        .forEach(host -> show(host, backgrounds.apply(host)));
  }

  void hide(String host) {
    var series = shown.remove(host);
    if (series != null) {
      series.forEach(this::remove);
    }
  }

  private void show(String host, Background background) {
    var now = new LinkedHashSet<Series>();
    background.baselines().forEach((signal, baseline) -> showBaseline(host, signal, baseline, now));
    for (var mark : ChangeMark.newest(background.changes(), MOST_CHANGES)) {
      var tags = Tags.of("host", host, "kind", mark.kind(), "change", mark.text());
      board.gauge(Meters.HOST_CHANGE, tags, mark.at().toEpochMilli() / 1e3);
      now.add(new Series(Meters.HOST_CHANGE, tags));
    }
    var before = shown.remove(host);
    if (before != null) {
      before.stream().filter(series -> !now.contains(series)).forEach(this::remove);
    }
    shown.put(host, now);
  }

  private void showBaseline(String host, Signal signal, Distribution baseline, Set<Series> now) {
    for (double q : QUANTILES) {
      var tags =
          Tags.of("host", host, "signal", Signals.label(signal), "quantile", Double.toString(q));
      double value = baseline.quantile(q);
      switch (Signals.unit(signal)) {
        case NANOSECONDS -> {
          board.gauge(Meters.BASELINE, tags, value / 1e9);
          now.add(new Series(Meters.BASELINE, tags));
        }
        case COUNT -> {
          board.gauge(Meters.BASELINE_FAULTS, tags, value);
          now.add(new Series(Meters.BASELINE_FAULTS, tags));
        }
        case UNKNOWN -> throw new IllegalStateException("signal " + signal + " has no unit");
      }
    }
  }

  private void remove(Series series) {
    board.remove(series.metric(), series.tags());
  }

  @Override
  public void close() {
    board.close();
    shown.clear();
  }
}
