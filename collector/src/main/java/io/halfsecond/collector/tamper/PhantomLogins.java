package io.halfsecond.collector.tamper;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/// Finds lines of an accepted login that no process of sshd's has logged: somebody writes into the
/// log, which may be to hide in it.
///
/// Silent by design: see docs/measure.md.
///
/// Safe for use by several threads.
public final class PhantomLogins {
  public static final String RULE = "phantom-login";

  private static final String ABOUT = "the log has a login that no sshd did";

  /// Lines of the time before are of connections that were not seen to begin.
  static final Duration AFTER_START = Duration.ofMinutes(1);

  /// How far a loss of process events reaches back, and on: lines come late.
  private static final long NEAR_NANOS = Duration.ofMinutes(1).toNanos();

  private static final long SETTLE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MOST_HELD = 64;

  private final long startedNanos;
  private final BooleanSupplier othersListen;
  private final LongFunction<Instant> wall;
  private final List<LogEvent> held = new ArrayList<>();
  private long lostNanos = Long.MIN_VALUE;

  /// @param startedNanos when process events began to be read
  /// @param othersListen whether there is an sshd whose processes are not followed; asked only
  ///   before something is told
  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public PhantomLogins(
      long startedNanos, BooleanSupplier othersListen, LongFunction<Instant> wall) {
    this.startedNanos = startedNanos;
    this.othersListen = othersListen;
    this.wall = wall;
  }

  /// Takes each event of the kernel.
  public synchronized void see(KernelEvent event) {
    if (event instanceof KernelEvent.Lost) {
      lostNanos = Math.max(lostNanos, event.atNanos());
      held.clear();
    }
  }

  /// A line is of no process of sshd's.
  public synchronized void refused(SshEvent event) {
    if (event instanceof LogEvent line
        && line.message() instanceof SshdMessage.Authentication said
        && said.result() == AuthResult.ACCEPTED
        && line.atNanos() >= startedNanos + AFTER_START.toNanos()
        && (lostNanos == Long.MIN_VALUE || line.atNanos() > lostNanos + NEAR_NANOS)
        && held.size() < MOST_HELD) {
      held.add(line);
    }
  }

  /// To be called every few seconds.
  ///
  /// @return what is to be told now
  public synchronized List<Finding> judge(long now) {
    var ripe = held.stream().filter(line -> now - line.atNanos() >= SETTLE_NANOS).toList();
    held.removeAll(ripe);
    if (ripe.isEmpty() || othersListen.getAsBoolean()) {
      return List.of();
    }
    return List.of(
        new Finding(RULE, ABOUT, Tier.CREEP, ripe.stream().map(this::fact).toList(), false));
  }

  private TamperFact fact(LogEvent line) {
    return Finding.fact(
        "",
        new Statement(
            "log",
            "\"Accepted\" of process %d at %s".formatted(line.pid(), wall.apply(line.atNanos()))),
        new Statement("kernel", "sshd had no such process, or it was no part of sshd any more"));
  }
}
