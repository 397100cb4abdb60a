package io.halfsecond.streams.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Reads and writes points in time in a store: microseconds since the epoch, in eight bytes.
public final class Times {
  private Times() {}

  public static void put(ByteStore store, String key, Instant at) {
    store.put(key, ByteBuffer.allocate(Long.BYTES).putLong(micros(at)).array());
  }

  public static Optional<Instant> get(ByteStore store, String key) {
    return store.read(
        key, bytes -> Instant.EPOCH.plus(ByteBuffer.wrap(bytes).getLong(), ChronoUnit.MICROS));
  }

  /// Microseconds since the epoch.
  public static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
