package io.halfsecond.streams.metric;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;

/// Bounds how many open alerts of an instance have series. The rest is counted: a rule pages while
/// there is any.
///
/// Safe for use by several threads.
public final class AlertSlots {
  /// Up to nine series each: some 10,000 series, as much as 1,000 hosts without an alert have. Who
  /// has more open alerts reads the topic, not a dashboard.
  public static final int MOST = 1_000;

  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger hidden = new AtomicInteger();

  /// @param of whose alerts they are, for the label
  public AlertSlots(MeterRegistry registry, String of) {
    Meters.ALERTS_HIDDEN.gauge(registry, Tags.of("of", of), hidden, AtomicInteger::get);
  }

  /// @return false if no slot is free
  public boolean take() {
    return taken.getAndUpdate(count -> Math.min(MOST, count + 1)) < MOST;
  }

  public void release() {
    taken.decrementAndGet();
  }

  /// One more alert, or one less, waits for a slot.
  public void waiting(int change) {
    hidden.addAndGet(change);
  }
}
