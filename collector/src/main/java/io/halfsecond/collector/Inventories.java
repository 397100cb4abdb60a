package io.halfsecond.collector;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Looks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Watches what sshd is made of, on a thread of its own: a check every few seconds, a full look
/// when that finds something moved, when a monitor has something else in memory than the one
/// before, and every few minutes. Tells what was seen when it has changed, and once a day.
///
/// **Guarantees** one monitor a check is looked at, at most; looks that find nothing new come ever
/// more seldom while the checks go on to find something moved, down to one a minute.
final class Inventories implements AutoCloseable {
  static final Duration FULL = Duration.ofMinutes(5);
  private static final Duration DAILY = Duration.ofDays(1);
  private static final int MOST_SKIPPED = 12;

  /// Takes each fingerprint that is to be told.
  @FunctionalInterface
  interface Reports {
    /// @param at when it was seen
    /// @param previousLookAt when all was last seen to be as told before; empty if nothing was told
    ///   yet
    void tell(Fingerprint fingerprint, Instant at, Optional<Instant> previousLookAt);
  }

  private final Looks looks;
  private final Monitors monitors;
  private final Duration interval;
  private final InstantSource wall;
  private final Reports reports;
  private final Rounds rounds;
  private Optional<Fingerprint> told = Optional.empty();
  private Instant toldAt = Instant.EPOCH;
  private Optional<Instant> asToldAt = Optional.empty();

  /// When a monitor was last seen to have what the one before had; empty if none is known.
  private Optional<Instant> agreedAt = Optional.empty();

  private Instant fullAt = Instant.EPOCH;
  private int fruitless;
  private int skipped;
  private volatile Optional<Instant> lookedAt = Optional.empty();

  /// @param interval from one check to the next, the first of which is a full look
  Inventories(
      Duration interval, Looks looks, Monitors monitors, InstantSource wall, Reports reports) {
    this.looks = looks;
    this.monitors = monitors;
    this.interval = interval;
    this.wall = wall;
    this.reports = reports;
    this.rounds = new Rounds("inventory", Duration.ZERO, () -> Duration.ZERO, this::round);
  }

  void start() {
    rounds.start();
  }

  /// Ends a look that is under way, without a report.
  @Override
  public void close() {
    rounds.close();
  }

  /// When it was last looked or checked; empty if it was not yet.
  Optional<Instant> lookedAt() {
    return lookedAt;
  }

  private void round() throws InterruptedException {
    long began = System.nanoTime();
    var monitor = monitors.await(interval);
    if (monitor.isPresent()) {
      sample(monitor.get());
      Thread.sleep(Duration.ofNanos(Math.max(0, interval.toNanos() - (System.nanoTime() - began))));
    }
    check();
  }

  /// Looks at a monitor, and at all if that is due.
  void sample(int monitor) throws InterruptedException {
    var at = wall.instant();
    if (looks.sample(monitor)) {
      // What a check does not see, a file hidden by a mount, may have been there since the last
      // monitor.
      asToldAt = asToldAt.map(checked -> agreedAt.filter(checked::isAfter).orElse(checked));
      var _ = look();
      agreedAt = told.flatMap(Fingerprint::monitorStartedAt).map(_ -> at);
    } else {
      agreedAt = agreedAt.map(_ -> at);
    }
  }

  /// Checks once, and looks if that is due.
  void check() throws InterruptedException {
    var at = wall.instant();
    lookedAt = Optional.of(at);
    switch (looks.check()) {
      case SAME -> {
        fruitless = 0;
        asToldAt = asToldAt.map(_ -> at);
        if (!at.isBefore(fullAt.plus(FULL))) {
          var _ = look();
        }
      }
      case MOVED -> {
        skipped++;
        if (skipped > Math.min(fruitless, MOST_SKIPPED)) {
          skipped = 0;
          // First, because a look that fails is one that tells nothing.
          fruitless++;
          fruitless = look() ? 0 : fruitless;
        }
      }
      case UNSETTLED -> {
        // The next check tells.
      }
    }
  }

  /// Looks once.
  ///
  /// @return whether there was something new
  private boolean look() throws InterruptedException {
    // What changes while it is looked at is between this look and the next, and this one and the
    // last.
    var began = wall.instant();
    var seen = looks.look();
    var at = wall.instant();
    fullAt = began;
    lookedAt = Optional.of(began);
    if (seen.isEmpty()) {
      return false;
    }
    boolean same = told.filter(seen.get()::sameAs).isPresent();
    if (!same || !at.isBefore(toldAt.plus(DAILY))) {
      reports.tell(seen.get(), at, asToldAt);
      told = seen;
      toldAt = at;
    }
    if (seen.get().monitorStartedAt().isEmpty()) {
      agreedAt = Optional.empty();
    }
    asToldAt = Optional.of(began);
    return !same;
  }
}
