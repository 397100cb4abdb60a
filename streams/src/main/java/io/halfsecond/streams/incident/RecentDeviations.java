package io.halfsecond.streams.incident;

import io.halfsecond.schemas.UnknownVersionException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The last measurements of one host in one signal and stratum, relative to its baseline.
///
/// @param median of the host's baseline, in the unit of the signal, without the weekly rhythm
/// @param points oldest first
record RecentDeviations(double median, List<Point> points) {
  /// The largest number that hosts are compared by, and one more that may be left out.
  static final int KEPT = 10;

  private static final byte VERSION = 1;

  /// One measurement.
  ///
  /// @param micros event time since the epoch
  /// @param log logarithm of the measurement divided by the baseline's median
  record Point(long micros, float log) {}

  RecentDeviations {
    points = List.copyOf(points);
  }

  static RecentDeviations empty() {
    return new RecentDeviations(0, List.of());
  }

  RecentDeviations with(double normal, Point point) {
    var all = new ArrayList<>(points);
    all.add(point);
    return new RecentDeviations(normal, all.subList(Math.max(0, all.size() - KEPT), all.size()));
  }

  /// Event time of the newest point, microseconds since the epoch.
  long last() {
    return points.isEmpty() ? 0 : points.getLast().micros();
  }

  /// The newest `count` points after a time.
  ///
  /// @return empty if there are fewer
  List<Point> since(long micros, int count) {
    long since = points.stream().filter(point -> point.micros() > micros).count();
    return since < count ? List.of() : points.subList(points.size() - count, points.size());
  }

  /// Without the first point after a time, if it is still kept.
  RecentDeviations withoutFirstAfter(long micros) {
    int first = 0;
    while (first < points.size() && points.get(first).micros() <= micros) {
      first++;
    }
    boolean known = first < points.size() && (first > 0 || points.size() < KEPT);
    if (!known) {
      return this;
    }
    var others = new ArrayList<>(points);
    others.remove(first);
    return new RecentDeviations(median, others);
  }

  /// Version byte 1; the median; time and logarithm of each point.
  byte[] toBytes() {
    var out =
        ByteBuffer.allocate(1 + Double.BYTES + points.size() * (Long.BYTES + Float.BYTES))
            .put(VERSION)
            .putDouble(median);
    points.forEach(point -> out.putLong(point.micros()).putFloat(point.log()));
    return out.array();
  }

  /// @throws IllegalArgumentException if they are not what [#toBytes] wrote
  static RecentDeviations fromBytes(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new UnknownVersionException("last measurements", version, VERSION);
      }
      double median = in.getDouble();
      var points = new ArrayList<Point>();
      while (in.hasRemaining()) {
        points.add(new Point(in.getLong(), in.getFloat()));
      }
      boolean valid =
          Double.isFinite(median)
              && points.size() <= KEPT
              && points.stream().allMatch(point -> Float.isFinite(point.log()));
      if (!valid) {
        throw new IllegalArgumentException(
            "last measurements: more than %d, or not numbers".formatted(KEPT));
      }
      return new RecentDeviations(median, points);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "last measurements: end after " + bytes.length + " bytes", e);
    }
  }
}
