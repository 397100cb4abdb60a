package io.halfsecond.streams.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// The hosts whose heartbeats are refused, because their clock is wrong by more than is corrected:
/// each is shown with the difference, as long as such heartbeats come.
///
/// Safe for use by several threads.
public final class WrongClocks {
  /// Names can be invented, and each is a series.
  static final int MOST = 100;

  /// A host that is gone is shown for as long.
  static final Duration SHOWN = Duration.ofMinutes(10);

  private static final class Clock {
    private double ahead;
    private Instant at = Instant.EPOCH;
  }

  private record Shown(Clock clock, Gauge gauge) {}

  private final MeterRegistry registry;
  private final Map<String, Shown> hosts = new HashMap<>();

  public WrongClocks(MeterRegistry registry) {
    this.registry = registry;
  }

  /// A heartbeat of a host is refused.
  ///
  /// @param said the time that its clock showed
  public synchronized void refused(String host, Instant said, Instant now) {
    if (hosts.size() >= MOST && !hosts.containsKey(host)) {
      return;
    }
    var clock = hosts.computeIfAbsent(host, this::shown).clock;
    clock.ahead = Duration.between(now, said).toMillis() / 1e3;
    clock.at = now;
  }

  private Shown shown(String host) {
    var clock = new Clock();
    return new Shown(
        clock,
        Meters.CLOCK_WRONG.gauge(registry, Tags.of("host", host), clock, known -> known.ahead));
  }

  /// A heartbeat of a host is used.
  public synchronized void right(String host) {
    var shown = hosts.remove(host);
    if (shown != null) {
      registry.remove(shown.gauge);
    }
  }

  /// Forgets the hosts of which none has come for long.
  public synchronized void forget(Instant now) {
    hosts.entrySet().stream()
        .filter(each -> !now.minus(SHOWN).isBefore(each.getValue().clock.at))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::right);
  }
}
