package io.halfsecond.collector.tamper;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What was told a moment ago and need not be told again: each connection may show it.
///
/// Not safe for use by several threads.
final class ToldRecently {
  static final Duration EVERY = Duration.ofMinutes(10);

  private static final int MOST = 1_024;

  private final Map<String, Long> toldAt = new LinkedHashMap<>();

  /// Whether it is to be told now. If so, it is not again for a while.
  ///
  /// @param nowNanos on `CLOCK_MONOTONIC`
  boolean isDue(String object, long nowNanos) {
    var last = toldAt.get(object);
    if (last != null && nowNanos - last < EVERY.toNanos()) {
      return false;
    }
    toldAt.remove(object);
    toldAt.put(object, nowNanos);
    if (toldAt.size() > MOST) {
      toldAt.remove(toldAt.keySet().iterator().next());
    }
    return true;
  }
}
