package io.halfsecond.collector.emit;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows why records are not delivered, and says in the log which are given up: once a minute and
/// cause. Confined to one thread.
final class DeliveryLog {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private static final class Rejected {
    private long count;
    private long toldNanos;
  }

  private final LongSupplier monotonicNanos;
  private final Map<String, Exception> troubles = new HashMap<>();
  private final Map<String, Rejected> rejected = new HashMap<>();

  DeliveryLog(LongSupplier monotonicNanos) {
    this.monotonicNanos = monotonicNanos;
  }

  void failed(String topic, Exception cause) {
    troubles.put(topic, cause);
  }

  void delivered(String topic) {
    troubles.remove(topic);
  }

  void rejected(String topic, Exception cause) {
    var kind = topic + ": " + cause.getClass().getSimpleName();
    var now = monotonicNanos.getAsLong();
    var seen = rejected.computeIfAbsent(kind, _ -> new Rejected());
    seen.count++;
    if (seen.count == 1 || now - seen.toldNanos >= MINUTE) {
      LOG.warn(
          "{} records dropped, topic {} can never take them: {}",
          seen.count,
          topic,
          message(cause));
      seen.toldNanos = now;
    }
  }

  /// Why the first of these topics takes no records; empty if no answer says so.
  Optional<Exception> cause(Collection<String> topics) {
    return topics.stream()
        .flatMap(topic -> Optional.ofNullable(troubles.get(topic)).stream())
        .findFirst();
  }

  private static String message(Exception cause) {
    var name = cause.getClass().getSimpleName();
    return Optional.ofNullable(cause.getMessage())
        .map(message -> name + ": " + message)
        .orElse(name);
  }
}
