package io.halfsecond.collector;

import io.halfsecond.collector.inventory.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/// Looks at what sshd is made of, a little after the start and then every few minutes, on a thread of its own. Tells it when it
/// has changed, and once a day.
final class Inventories implements AutoCloseable {
  private static final Duration DAILY = Duration.ofDays(1);

  /// One look.
  @FunctionalInterface
  interface Look {
    /// @return empty if this host has no sshd
    Optional<Fingerprint> now() throws InterruptedException;
  }

  private final Look look;
  private final InstantSource wall;
  private final Consumer<Fingerprint> reports;
  private final Rounds rounds;
  private Optional<Fingerprint> told = Optional.empty();
  private Instant toldAt = Instant.EPOCH;

  /// @param first from the start to the first look
  /// @param interval from one look to the next
  /// @param alone held while looking: a look runs other programs, which a self-test would take for its own
  /// @param reports takes each fingerprint that is to be told
  Inventories(Duration first, Duration interval, Look look, Lock alone, InstantSource wall,
    Consumer<Fingerprint> reports) {
    this.look = look;
    this.wall = wall;
    this.reports = reports;
    this.rounds = new Rounds("inventory", first, () -> interval, alone, this::look);
  }

  void start() {
    rounds.start();
  }

  /// Ends a look that is under way, without a report.
  @Override
  public void close() {
    rounds.close();
  }

  /// Looks once.
  void look() throws InterruptedException {
    var seen = look.now();
    var at = wall.instant();
    if (seen.isPresent() && (!seen.equals(told) || !at.isBefore(toldAt.plus(DAILY)))) {
      reports.accept(seen.get());
      told = seen;
      toldAt = at;
    }
  }
}
