package io.halfsecond.collector.tamper;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/// Finds connections that the kernel saw and that no line of the log tells of: an accepted login
/// without `Accepted`, or one that failed after the key exchange without any line.
///
/// The control is another connection, such as the probe's, that began after it and has its lines.
/// sshd hands its lines to the log in order, so a line that is still missing then does not come.
/// Without a control nothing is told of a connection; if the log has been heard before, its silence
/// is told, once.
///
/// Silent by design: see docs/measure.md.
///
/// Safe for use by several threads.
public final class Unlogged {
  public static final String RULE = "unlogged";
  public static final String SILENCE_RULE = "log-silent";

  private static final String ABOUT = "sshd served a connection that its log does not have";
  private static final String SILENCE_ABOUT = "the log has no line of sshd's any more";
  private static final String LOG = "log";

  /// As in [io.halfsecond.collector.registry.EvidenceWatch].
  static final int SILENT_LOGINS = 3;

  static final Duration SILENT_FOR = Duration.ofMinutes(2);

  /// A control is a line later in the order of the log. This is for daemons with several queues.
  static final Duration SETTLE = Duration.ofSeconds(10);

  /// How long a connection waits for a control. The probe is one every minute.
  static final Duration GIVE_UP = Duration.ofMinutes(15);

  /// The log's times may be rounded down to a second, and its clock may be set.
  private static final long CLOCK_NANOS = Duration.ofSeconds(2).toNanos();

  /// How long after a gap a line may still be missing: a file that is rotated twice shows one gap.
  private static final long GAP_BEFORE_NANOS = Duration.ofSeconds(5).toNanos();

  /// How long a daemon may take to write a line, so that a gap hits it.
  private static final long GAP_AFTER_NANOS = Duration.ofSeconds(10).toNanos();

  /// What is excused for a reason that takes a while, such as the restart of a daemon.
  private static final long EXCUSE_BEFORE_NANOS = Duration.ofSeconds(30).toNanos();

  private static final int MOST_PIDS = 16_384;
  private static final int MOST_HELD = 256;
  private static final int MOST_GAPS = 64;

  /// What was read of the lines of a pid: when the last of each kind was logged.
  private static final class Lines {
    long any = Long.MIN_VALUE;

    /// Of a kind that sshd logs from LogLevel INFO on. PAM's lines come at any level.
    long atInfo = Long.MIN_VALUE;

    long accepted = Long.MIN_VALUE;
  }

  private record Gap(long from, long to) {}

  private static final class Held {
    final AuthenticationDecided decided;

    /// When the control began; empty until there is one.
    Optional<Long> control = Optional.empty();

    Held(AuthenticationDecided decided) {
      this.decided = decided;
    }
  }

  private final LongSupplier lost;
  private final LongPredicate excused;
  private final Function<ConnectionKey, String> ids;
  private final LongFunction<Instant> wall;
  private final Map<Integer, Lines> lines =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Lines> eldest) {
          return size() > MOST_PIDS;
        }
      };
  private final Deque<Gap> gaps = new ArrayDeque<>();
  private final List<Held> held = new ArrayList<>();
  private final List<Finding> due = new ArrayList<>();
  private long lostCount;
  private long lostAt = Long.MIN_VALUE;
  private Optional<Long> heardAt = Optional.empty();
  private int missing;
  private int missingLogins;
  private long missingSince;
  private long missingAt;
  private boolean silent;

  /// @param lost how many lines the sources of the log know to have lost or could not read
  /// @param excused whether lines may be missing for a harmless reason that began at that time or
  ///   later; asked only before something is told
  /// @param ids the id that a connection's records have
  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public Unlogged(
      LongSupplier lost,
      LongPredicate excused,
      Function<ConnectionKey, String> ids,
      LongFunction<Instant> wall) {
    this.lost = lost;
    this.excused = excused;
    this.ids = ids;
    this.wall = wall;
    this.lostCount = lost.getAsLong();
  }

  /// A line was read.
  public synchronized void read(LogEvent line) {
    var of = lines.computeIfAbsent(line.pid(), _ -> new Lines());
    of.any = Math.max(of.any, line.atNanos());
    switch (line.message()) {
      case SshdMessage.Authentication said when said.result() == AuthResult.ACCEPTED -> {
        of.accepted = Math.max(of.accepted, line.atNanos());
        of.atInfo = Math.max(of.atInfo, line.atNanos());
      }
      case SshdMessage.InvalidUser _, SshdMessage.Disconnect _ ->
          of.atInfo = Math.max(of.atInfo, line.atNanos());
      case SshdMessage _ -> {}
    }
  }

  /// Lines of that time may be missing.
  public synchronized void gap(long from, long to) {
    gaps.addLast(new Gap(from, to));
    if (gaps.size() > MOST_GAPS) {
      gaps.removeFirst();
    }
  }

  /// Authentication was decided, and its lines have been waited for.
  public synchronized void take(AuthenticationDecided decided) {
    if (decided.key().logOnly()) {
      return;
    }
    countLost(decided.decidedAtNanos());
    if (since(decided, of -> of.atInfo)) {
      heard(decided);
    }
    if (!isMissing(decided)) {
      return;
    }
    missing++;
    if (decided.login().outcome() == Outcome.ACCEPTED) {
      missingLogins++;
    }
    missingSince = missing == 1 ? decided.decidedAtNanos() : missingSince;
    missingAt = decided.decidedAtNanos();
    if (decided.probe().isEmpty() && heardAt.isPresent() && !silent && held.size() < MOST_HELD) {
      held.add(new Held(decided));
    }
  }

  /// Whether lines that sshd must have logged were not read.
  private boolean isMissing(AuthenticationDecided decided) {
    if (!decided.complete() || decided.seenSinceNanos().isPresent()) {
      return false;
    }
    return switch (decided.login().outcome()) {
      case ACCEPTED -> !since(decided, of -> of.accepted);
      // Only with figures of the phase it is certain that there was a key exchange.
      case FAILED -> decided.preauth().wallNanos().isPresent() && !since(decided, of -> of.any);
      // sshd may log nothing of them, or nothing that names the process.
      case NO_PREAUTH, TIMED_OUT, CRASHED, UNKNOWN -> false;
    };
  }

  private boolean since(AuthenticationDecided decided, Function<Lines, Long> kind) {
    var of = lines.get(decided.key().monitorPid());
    return of != null && kind.apply(of) >= decided.key().bornNanos() - CLOCK_NANOS;
  }

  private void heard(AuthenticationDecided control) {
    if (silent) {
      tellSilence("its lines are back at " + wall.apply(control.decidedAtNanos()));
    }
    silent = false;
    missing = 0;
    missingLogins = 0;
    heardAt = Optional.of(control.decidedAtNanos());
    held.stream()
        .filter(waiting -> waiting.control.isEmpty())
        .filter(waiting -> control.key().bornNanos() > waiting.decided.decidedAtNanos())
        .forEach(waiting -> waiting.control = Optional.of(control.key().bornNanos()));
  }

  private void countLost(long now) {
    long count = lost.getAsLong();
    if (count != lostCount) {
      lostCount = count;
      lostAt = Math.max(lostAt, now);
    }
  }

  /// To be called every few seconds.
  ///
  /// @return what is to be told now
  public synchronized List<Finding> judge(long now) {
    countLost(now);
    var facts = new ArrayList<TamperFact>();
    for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
      var waiting = each.next();
      long waited = now - waiting.decided.decidedAtNanos();
      if (waiting.control.isPresent() && waited >= SETTLE.toNanos()) {
        each.remove();
        if (isMissing(waiting.decided) && !mayBeLost(waiting.decided.decidedAtNanos())) {
          facts.add(fact(waiting.decided, waiting.control.get()));
        }
      } else if (waited > GIVE_UP.toNanos()) {
        each.remove();
      }
    }
    if (!facts.isEmpty()) {
      due.add(new Finding(RULE, ABOUT, Tier.STEP, facts, false));
    }
    if (isSilent()) {
      silent = true;
      held.clear();
      tellSilence(
          "no line about them; the last connection with lines was at "
              + wall.apply(heardAt.orElseThrow()));
    }
    var told = List.copyOf(due);
    due.clear();
    return told;
  }

  private boolean isSilent() {
    return !silent
        && heardAt.isPresent()
        && missing >= SILENT_LOGINS
        && missingAt - missingSince >= SILENT_FOR.toNanos();
  }

  private boolean mayBeLost(long decidedAt) {
    return lostAt >= decidedAt - GAP_BEFORE_NANOS
        || gaps.stream()
            .anyMatch(
                gap ->
                    gap.to() >= decidedAt - GAP_BEFORE_NANOS
                        && gap.from() <= decidedAt + GAP_AFTER_NANOS)
        || excused.test(decidedAt - EXCUSE_BEFORE_NANOS);
  }

  private TamperFact fact(AuthenticationDecided decided, long controlNanos) {
    boolean accepted = decided.login().outcome() == Outcome.ACCEPTED;
    return Finding.fact(
        "",
        new Statement(
            "kernel",
            "process %d of %s %s at %s (connection %s)"
                .formatted(
                    decided.key().monitorPid(),
                    decided.executable().isEmpty() ? "sshd" : decided.executable(),
                    accepted
                        ? "let somebody in: its process before authentication ended with status 0"
                        : "exchanged keys and refused",
                    wall.apply(decided.decidedAtNanos()),
                    ids.apply(decided.key()))),
        new Statement(
            LOG,
            "%s; a connection that began at %s has its lines"
                .formatted(
                    accepted ? "no \"Accepted\" of that process" : "no line of that process",
                    wall.apply(controlNanos))));
  }

  /// It stays open until a person decides: the logins of that time have no line for good.
  private void tellSilence(String log) {
    var kernel =
        "%d connections in a row without a line from %s to %s; %d of them logins"
            .formatted(missing, wall.apply(missingSince), wall.apply(missingAt), missingLogins);
    due.add(
        new Finding(
            SILENCE_RULE,
            SILENCE_ABOUT,
            Tier.CREEP,
            List.of(Finding.fact(LOG, new Statement("kernel", kernel), new Statement(LOG, log))),
            false));
  }
}
