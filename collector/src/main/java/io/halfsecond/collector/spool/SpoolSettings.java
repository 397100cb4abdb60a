package io.halfsecond.collector.spool;

import java.time.Duration;

/// How much is kept while Kafka is away.
///
/// @param bytes of all segments together
/// @param age from the making of a record to the moment when it is given up. Less than a day: the
///   topology cannot tell an older record from a duplicate
public record SpoolSettings(long bytes, Duration age) {
  public static final long LEAST_BYTES = 1 << 20;
  public static final Duration AGE_LIMIT = Duration.ofHours(24);

  /// A segment is dropped as a whole, so it is a small part of the spool.
  private static final int SEGMENTS = 16;

  private static final long LARGEST_SEGMENT = 4 << 20;

  public SpoolSettings {
    if (bytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "collector.spool-size must be at least 1 MiB, not %d bytes".formatted(bytes));
    }
    if (!age.isPositive() || age.compareTo(AGE_LIMIT) >= 0) {
      throw new IllegalArgumentException(
          "collector.spool-age must be positive and less than 24h, not " + age);
    }
  }

  /// 64 MiB, some 200,000 records; 20 hours.
  public static SpoolSettings defaults() {
    return new SpoolSettings(64 << 20, Duration.ofHours(20));
  }

  long segmentBytes() {
    return Math.min(LARGEST_SEGMENT, bytes / SEGMENTS);
  }

  Duration segmentAge() {
    return age.dividedBy(SEGMENTS);
  }
}
