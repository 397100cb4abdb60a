package io.halfsecond.streams.window;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Signals;
import java.util.EnumMap;
import java.util.Set;

/// The distributions of the signals of one host in one window, over all strata of a signal.
///
/// Not safe for use by several threads.
public final class HostWindow {
  private final EnumMap<Signal, Histogram> histograms = new EnumMap<>(Signal.class);

  private HostWindow() {}

  public static HostWindow empty() {
    return new HostWindow();
  }

  public void add(Measurement measurement) {
    histograms
        .computeIfAbsent(measurement.signal(), _ -> new Histogram())
        .add(bins(measurement.signal()).binOf(measurement.value()), 1);
  }

  /// Finer than the bins of the detector: graphs show details, and a window is not kept.
  private static Bins bins(Signal signal) {
    return switch (Signals.unit(signal)) {
      case NANOSECONDS, UNKNOWN -> Bins.NARROW;
      case COUNT -> Bins.FINE;
    };
  }

  /// The signals with at least one measurement.
  public Set<Signal> signals() {
    return Set.copyOf(histograms.keySet());
  }

  /// The number of measurements of a signal.
  public long count(Signal signal) {
    return histograms.getOrDefault(signal, new Histogram()).total();
  }

  /// In the unit of the signal, within half a percent.
  ///
  /// @param q in 0..1
  /// @throws IllegalArgumentException if the window has no measurement of the signal
  public double quantile(Signal signal, double q) {
    var histogram = histograms.get(signal);
    if (histogram == null) {
      throw new IllegalArgumentException("no measurements of " + signal);
    }
    return new Distribution(histogram, bins(signal)).quantile(q);
  }
}
