package io.halfsecond.collector.emit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log what is not delivered: once when it begins, once a minute, once when it is over;
/// and of rejected records once a minute and cause. Confined to one thread.
final class DeliveryLog {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /// A topic whose records are not taken: since when, and why.
  private record Trouble(long sinceNanos, String cause) {}

  private static final class Rejected {
    private long count;
    private long toldNanos;
  }

  private final LongSupplier monotonicNanos;
  private final Map<String, Trouble> troubles = new TreeMap<>();
  private final Map<String, Rejected> rejected = new HashMap<>();
  private boolean told;
  private long toldNanos;

  DeliveryLog(LongSupplier monotonicNanos) {
    this.monotonicNanos = monotonicNanos;
  }

  void failed(String topic, Exception cause) {
    troubles.merge(
        topic,
        new Trouble(monotonicNanos.getAsLong(), message(cause)),
        (before, now) -> new Trouble(before.sinceNanos(), now.cause()));
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

  /// Whether any topic takes no records.
  boolean troubled() {
    return !troubles.isEmpty();
  }

  /// @param patience how long a topic may take no records before it is told
  /// @param waiting how many records wait
  void tick(Duration patience, long waiting) {
    var now = monotonicNanos.getAsLong();
    var due =
        troubles.values().stream()
            .filter(trouble -> now - trouble.sinceNanos() >= patience.toNanos())
            .findFirst();
    if (due.isPresent() && (!told || now - toldNanos >= MINUTE)) {
      LOG.warn(
          "{} records wait, {} cannot be delivered: {}",
          waiting,
          String.join(", ", troubles.keySet()),
          due.get().cause());
      told = true;
      toldNanos = now;
    } else if (told && troubles.isEmpty()) {
      LOG.info("records are delivered again; {} wait", waiting);
      told = false;
    }
  }

  private static String message(Exception cause) {
    var name = cause.getClass().getSimpleName();
    return Optional.ofNullable(cause.getMessage())
        .map(message -> name + ": " + message)
        .orElse(name);
  }
}
