package io.halfsecond.deploy.topic;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/// Tells once that the brokers are away, and once that they are back. A consumer does not tell by
/// itself: it has nothing to read in both cases. Not safe for use by several threads.
final class Outages {
  /// How long nothing comes before the brokers are asked.
  static final Duration QUIET = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final BooleanSupplier reachable;
  private final OutageListener listener;
  private Instant heard;
  private boolean away;

  /// @param reachable asks the brokers
  Outages(InstantSource clock, BooleanSupplier reachable, OutageListener listener) {
    this.clock = clock;
    this.reachable = reachable;
    this.listener = listener;
    this.heard = clock.instant();
  }

  /// To be called after each attempt to read.
  ///
  /// @param something whether there were records
  void after(boolean something) {
    if (!something && clock.instant().isBefore(heard.plus(QUIET))) {
      return;
    }
    boolean answered = something || reachable.getAsBoolean();
    heard = clock.instant();
    if (answered == away) {
      away = !answered;
      listener.told(
          away,
          away
              ? "Kafka is out of reach; this goes on when it is back"
              : "Kafka is back; nothing was missed");
    }
  }
}
