package io.halfsecond.deploy.service;

import io.halfsecond.schemas.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// Says what a process waits for: when it has waited for a moment or waits for something else, once
/// a minute, and when it goes on. Not safe for use by several threads.
public final class WaitLog {
  /// What is over sooner needs no line.
  static final Duration PATIENCE = Duration.ofSeconds(3);

  static final Duration EVERY = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final Consumer<String> say;
  private Optional<Long> sinceNanos = Optional.empty();
  private List<Waiting.Reason> told = List.of();
  private long toldNanos;

  /// @param say takes each line
  public WaitLog(LongSupplier nanos, Consumer<String> say) {
    this.nanos = nanos;
    this.say = say;
  }

  /// To be called about once a second.
  ///
  /// @param waiting empty if the process does its work
  public void look(List<Waiting> waiting) {
    long now = nanos.getAsLong();
    if (waiting.isEmpty()) {
      if (!told.isEmpty()) {
        say.accept("goes on, after %s s".formatted(seconds(now)));
      }
      told = List.of();
      sinceNanos = Optional.empty();
      return;
    }
    if (sinceNanos.isEmpty()) {
      sinceNanos = Optional.of(now);
    }
    var reasons = waiting.stream().map(Waiting::reason).distinct().sorted().toList();
    boolean due = told.isEmpty() || !reasons.equals(told) || now - toldNanos >= EVERY.toNanos();
    if (due && now - sinceNanos.get() >= PATIENCE.toNanos()) {
      say.accept(
          "waiting for %s s: %s"
              .formatted(
                  seconds(now),
                  waiting.stream().map(Waiting::text).collect(Collectors.joining("; "))));
      told = reasons;
      toldNanos = now;
    }
  }

  private long seconds(long now) {
    return Duration.ofNanos(now - sinceNanos.orElse(now)).toSeconds();
  }
}
