package io.halfsecond.streams.window;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// One host's signals over one window, all strata of a signal together.
///
/// **Guarantees** those of [LogHistogram]. Not safe for use by several threads.
public final class HostWindow {
  private static final byte VERSION = 1;

  private final EnumMap<Signal, LogHistogram> histograms = new EnumMap<>(Signal.class);

  private HostWindow() {}

  public static HostWindow empty() {
    return new HostWindow();
  }

  /// @return this window, with the reading in it
  public HostWindow plus(Reading reading) {
    for (Measurement measurement : reading.measurements()) {
      histogram(measurement.signal()).add(measurement.nanos());
    }
    return this;
  }

  /// @return this window, with all of the other in it
  public HostWindow plus(HostWindow other) {
    other.histograms.forEach((signal, histogram) -> histogram(signal).merge(histogram));
    return this;
  }

  private LogHistogram histogram(Signal signal) {
    return histograms.computeIfAbsent(signal, _ -> new LogHistogram());
  }

  /// Signals with at least one measurement.
  public Set<Signal> signals() {
    return Set.copyOf(histograms.keySet());
  }

  /// Measurements of a signal, a count.
  public long count(Signal signal) {
    var histogram = histograms.get(signal);
    return histogram == null ? 0 : histogram.count();
  }

  /// Nanoseconds, within 1 %.
  ///
  /// @param q in 0..1
  /// @throws IllegalArgumentException if the window has no measurement of the signal
  public double quantile(Signal signal, double q) {
    var histogram = histograms.get(signal);
    if (histogram == null) {
      throw new IllegalArgumentException("no measurements of " + signal);
    }
    return histogram.quantile(q);
  }

  /// Version byte 1, number of signals, then each signal's name and histogram.
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeByte(histograms.size());
      for (Map.Entry<Signal, LogHistogram> entry : histograms.entrySet()) {
        out.writeUTF(entry.getKey().name());
        entry.getValue().writeTo(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException if a newer version wrote the bytes
  public static HostWindow fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException("host window of version " + version + "; known is " + VERSION);
      }
      var window = new HostWindow();
      int signals = in.readUnsignedByte();
      for (int i = 0; i < signals; i++) {
        var signal = Signal.valueOf(in.readUTF());
        window.histograms.put(signal, LogHistogram.readFrom(in));
      }
      return window;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
