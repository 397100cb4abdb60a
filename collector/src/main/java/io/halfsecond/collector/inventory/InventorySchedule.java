package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.process.ChildHandover;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.schedule.PeriodicTask;
import io.halfsecond.collector.source.SourceMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Decides when the files of sshd are inspected, on a thread of its own: a check every few seconds,
/// and a full inspection when a check finds a change, when the memory of a connection's process
/// differs from that of the one before, and every few minutes. Reports a fingerprint when it has
/// changed, and once a day.
///
/// **Guarantees** at most one monitor and one preauth child per check are sampled. While checks
/// keep finding changes but full inspections find nothing new, these become rarer, down to one a
/// minute.
public final class InventorySchedule implements AutoCloseable {
  private static final Duration DAILY = Duration.ofDays(1);

  /// At the longest: it rests between its reads.
  private static final Duration FULL_INSPECTION = Duration.ofMinutes(5);

  private static final int MOST_SKIPPED = 12;

  /// Takes each fingerprint that is to be reported.
  @FunctionalInterface
  public interface Listener {
    /// @param at the end of the inspection
    /// @param previousAt when the state reported before was last confirmed; empty for the first
    ///   report
    void report(Fingerprint fingerprint, Instant at, Optional<Instant> previousAt);
  }

  private final InventorySettings settings;
  private final Inspector inspector;
  private final ChildHandover children;
  private final InstantSource wall;
  private final Listener listener;
  private final PeriodicTask task;
  private Optional<Fingerprint> reported = Optional.empty();
  private Instant reportedAt = Instant.EPOCH;

  /// When the reported state was last confirmed.
  private Optional<Instant> confirmedAt = Optional.empty();

  /// When a process of a connection was last seen to have the same files as the one of its kind
  /// before, of the kinds that are known.
  private final Map<MappedIn, Instant> agreedAt = new EnumMap<>(MappedIn.class);

  private Instant fullAt = Instant.EPOCH;
  private int fruitless;
  private int skipped;
  private volatile Optional<Instant> inspectedAt = Optional.empty();

  /// The first check is a full inspection.
  public InventorySchedule(
      InventorySettings settings,
      Inspector inspector,
      ChildHandover children,
      InstantSource wall,
      Listener listener) {
    this.settings = settings;
    this.inspector = inspector;
    this.children = children;
    this.wall = wall;
    this.listener = listener;
    this.task =
        new PeriodicTask(
            "inventory",
            Duration.ZERO,
            () -> Duration.ZERO,
            settings.check().plus(FULL_INSPECTION),
            this::run);
  }

  public SourceMeter meter() {
    return task.meter();
  }

  public void start() {
    task.start();
  }

  /// Ends an inspection that is under way, without a report.
  @Override
  public void close() {
    task.close();
  }

  /// When the last check or inspection began; empty before the first.
  public Optional<Instant> inspectedAt() {
    return inspectedAt;
  }

  private void run() throws InterruptedException {
    long began = System.nanoTime();
    var monitor = children.monitor(settings.check());
    if (monitor.isPresent()) {
      sample(MappedIn.MONITOR, monitor.get());
      // Its preauth child follows some milliseconds later, unless it executes nothing.
      var preauthChild = children.preauthChild(rest(began));
      if (preauthChild.isPresent()) {
        sample(MappedIn.PREAUTH, preauthChild.get());
      }
      Thread.sleep(rest(began));
    }
    check();
  }

  private Duration rest(long began) {
    return Duration.ofNanos(Math.max(0, settings.check().toNanos() - (System.nanoTime() - began)));
  }

  /// Samples a process of a connection, and inspects everything if it differs.
  void sample(MappedIn kind, int pid) throws InterruptedException {
    var at = wall.instant();
    if (inspector.sample(kind, pid)) {
      // A check cannot see a file that a mount hides: the change may be as old as the last process
      // that agreed.
      var agreed = Optional.ofNullable(agreedAt.get(kind));
      confirmedAt = confirmedAt.map(checked -> agreed.filter(checked::isAfter).orElse(checked));
      var _ = inspect();
      if (reported.filter(fingerprint -> fingerprint.shows(kind)).isPresent()) {
        agreedAt.put(kind, at);
      }
    } else {
      agreedAt.computeIfPresent(kind, (_, _) -> at);
    }
  }

  /// Checks once, and inspects everything if that is due.
  void check() throws InterruptedException {
    var at = wall.instant();
    inspectedAt = Optional.of(at);
    switch (inspector.check()) {
      case UNCHANGED -> {
        fruitless = 0;
        confirmedAt = confirmedAt.map(_ -> at);
        if (!at.isBefore(fullAt.plus(settings.full()))) {
          var _ = inspect();
        }
      }
      case CHANGED -> {
        skipped++;
        if (skipped > Math.min(fruitless, MOST_SKIPPED)) {
          skipped = 0;
          // Counted first: an inspection that fails is fruitless too.
          fruitless++;
          fruitless = inspect() ? 0 : fruitless;
        }
      }
      case UNSETTLED -> {
        // The next check decides.
      }
    }
  }

  /// @return whether there was something new
  private boolean inspect() throws InterruptedException {
    // The state seen is dated by both ends of the inspection: a change during it may be reported by
    // this inspection or by the next.
    var began = wall.instant();
    var seen = inspector.inspect();
    var at = wall.instant();
    fullAt = began;
    inspectedAt = Optional.of(began);
    if (seen.isEmpty()) {
      return false;
    }
    boolean same = reported.filter(seen.get()::sameAs).isPresent();
    if (!same || !at.isBefore(reportedAt.plus(DAILY))) {
      listener.report(seen.get(), at, confirmedAt);
      reported = seen;
      reportedAt = at;
    }
    var found = seen.get();
    agreedAt.keySet().removeIf(kind -> !found.shows(kind));
    confirmedAt = Optional.of(began);
    return !same;
  }
}
