package io.halfsecond.streams.window;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import java.util.EnumMap;
import java.util.Set;

/// The distributions of the signals of one host in one window, over all strata of a signal.
///
/// **Guarantees** that the same readings in any order give the same bytes. Not safe for use by
/// several threads.
public final class HostWindow {
  private static final int VERSION = 2;

  private final EnumMap<Signal, Histogram> histograms = new EnumMap<>(Signal.class);

  private HostWindow() {}

  public static HostWindow empty() {
    return new HostWindow();
  }

  /// Adds a reading.
  ///
  /// @return this window
  public HostWindow plus(Reading reading) {
    for (Measurement measurement : reading.measurements()) {
      histograms
          .computeIfAbsent(measurement.signal(), _ -> new Histogram())
          .add(bins(measurement.signal()).binOf(measurement.value()), 1);
    }
    return this;
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

  /// The version (2), the number of signals, then the label and the histogram of each signal.
  public byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    out.fixed(histograms.size(), Byte.SIZE);
    histograms.forEach(
        (signal, histogram) -> {
          out.text(Signals.label(signal));
          histogram.writeTo(out);
        });
    return out.toBytes();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  public static HostWindow fromBytes(byte[] bytes) {
    var in = new BitReader("host window", bytes);
    in.version(VERSION);
    var window = new HostWindow();
    long signals = in.fixed(Byte.SIZE);
    for (int i = 0; i < signals; i++) {
      var label = in.text();
      var signal = Signals.find(label).orElseThrow(() -> in.corrupt("no signal has this label"));
      boolean inOrder = window.histograms.keySet().stream().allMatch(s -> s.compareTo(signal) < 0);
      if (!inOrder) {
        throw in.corrupt(label + " is not in the order of the signals");
      }
      window.histograms.put(signal, Histogram.readFrom(in));
    }
    in.end();
    return window;
  }
}
