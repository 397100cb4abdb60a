package io.halfsecond.deploy.service;

import io.halfsecond.deploy.push.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has become of all attempts to deliver to a receiver: counted, and told once when they begin
/// to fail and once when they succeed again. One thread delivers; others may read.
final class PushMeters {
  private static final Logger LOG = LoggerFactory.getLogger(PushMeters.class);

  private final String receiver;
  private final InstantSource clock;
  private final Counter delivered;
  private final Counter failed;
  private final Counter givenUp;
  private volatile Optional<Instant> waitingSince = Optional.empty();
  private volatile Optional<String> trouble = Optional.empty();

  /// @param kind `alertmanager` or `webhook`
  /// @param receiver as nobody else is called
  PushMeters(MeterRegistry registry, InstantSource clock, String kind, String receiver) {
    this.receiver = receiver;
    this.clock = clock;
    delivered = counter(registry, "delivered", kind, "Requests that the receiver has taken");
    failed = counter(registry, "failed", kind, "Attempts that have failed; they are repeated");
    givenUp =
        counter(registry, "given.up", kind, "Requests that the receiver refuses for their content");
    Gauge.builder("halfsecond.push.behind.seconds", this, PushMeters::behindSeconds)
        .tags("kind", kind, "receiver", receiver)
        .description(
            "Age of the oldest step or round that the receiver has not got; 0 if it has all")
        .register(registry);
  }

  private Counter counter(MeterRegistry registry, String what, String kind, String description) {
    return Counter.builder("halfsecond.push." + what)
        .tags("kind", kind, "receiver", receiver)
        .description(description)
        .register(registry);
  }

  private double behindSeconds() {
    return waitingSince
        .map(since -> Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1e3))
        .orElse(0.0);
  }

  /// Something is to be delivered.
  ///
  /// @param due since when
  void waiting(Instant due) {
    waitingSince = waitingSince.or(() -> Optional.of(due));
  }

  /// @param what was to be delivered, for a message
  void count(Outcome outcome, String what) {
    switch (outcome) {
      case Outcome.Delivered _ -> {
        delivered.increment();
        arrived();
        if (trouble.isPresent()) {
          LOG.info("{} takes alerts again", receiver);
        }
        trouble = Optional.empty();
      }
      case Outcome.GivenUp(var why) -> {
        givenUp.increment();
        arrived();
        LOG.error("{} refuses {}, which is given up: {}", receiver, what, why);
      }
      case Outcome.Failed(var why, var _) -> {
        failed.increment();
        var now = Optional.of("%s: %s".formatted(receiver, why));
        if (!trouble.equals(now)) {
          LOG.warn("{} does not take alerts, trying again: {}", receiver, why);
        }
        trouble = now;
      }
    }
  }

  private void arrived() {
    waitingSince = Optional.empty();
  }

  /// Why the receiver has not got all; empty if it has.
  Optional<String> trouble() {
    return trouble;
  }
}
