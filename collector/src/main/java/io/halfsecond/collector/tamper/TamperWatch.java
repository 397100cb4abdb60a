package io.halfsecond.collector.tamper;

import io.halfsecond.collector.assembly.Fate;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.schedule.PeriodicTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/// All rules about tampering. They see what the collector sees, on its threads. Those that look at
/// files of the host judge on a thread of their own, at once where something is to be judged at
/// once, and else every few seconds.
///
/// Safe for use by several threads.
public final class TamperWatch implements AutoCloseable {
  /// What waits for its time, a line or a control, waits for seconds.
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /// Judging takes no time to speak of, but a busy host may delay it.
  private static final Duration PERIOD = Duration.ofMinutes(5);

  /// Takes what is found.
  @FunctionalInterface
  public interface Teller {
    void tell(Finding finding, Instant at);
  }

  /// @param logAgainstKernel judges only where both are read
  /// @param exposure empty if it is not wanted
  public record Rules(
      EarlyExec earlyExec,
      LoaderVariables loaderVariables,
      LogAgainstKernel logAgainstKernel,
      HiddenObjects hiddenObjects,
      Optional<Exposure> exposure) {}

  private final Rules rules;
  private final LongSupplier monotonicNanos;
  private final LongFunction<Instant> wall;
  private final Teller teller;
  private final PeriodicTask judging =
      new PeriodicTask("evidence", PAUSE, () -> PAUSE, PERIOD, this::judge);
  private volatile boolean readsBoth;

  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public TamperWatch(
      Rules rules, LongSupplier monotonicNanos, LongFunction<Instant> wall, Teller teller) {
    this.rules = rules;
    this.monotonicNanos = monotonicNanos;
    this.wall = wall;
    this.teller = teller;
  }

  /// @param readsBoth whether the kernel's events and the log are read
  public void start(boolean readsBoth) {
    this.readsBoth = readsBoth;
    judging.start();
  }

  /// Takes each event, on the thread of its source.
  public void see(SshEvent event) {
    rules.logAgainstKernel().see(event);
    if (event instanceof KernelEvent ofKernel) {
      boolean early = rules.earlyExec().see(ofKernel);
      boolean loaded = rules.loaderVariables().see(ofKernel);
      if (early || loaded) {
        judging.soon();
      }
    }
  }

  /// Takes the fate of each event in the assembler.
  public void decided(SshEvent event, Fate fate) {
    rules.logAgainstKernel().decided(event, fate);
  }

  /// Lines of the log of that time may be missing.
  public void gap(long from, long to) {
    rules.logAgainstKernel().gap(from, to);
  }

  /// Takes each result of the assembler.
  public void take(Result result) {
    rules.logAgainstKernel().take(result);
    if (result instanceof Result.AuthenticationDecided decided) {
      rules
          .exposure()
          .flatMap(exposure -> exposure.take(decided))
          .ifPresent(finding -> teller.tell(finding, wall.apply(decided.decidedAtNanos())));
    }
  }

  /// Takes each inspection that found something new.
  ///
  /// @param at when it ended
  public void take(Fingerprint fingerprint, Instant at) {
    rules.hiddenObjects().take(fingerprint, at).ifPresent(finding -> teller.tell(finding, at));
  }

  private void judge() {
    long now = monotonicNanos.getAsLong();
    tell(rules.earlyExec().judge(now), now);
    tell(rules.loaderVariables().judge(), now);
    if (readsBoth) {
      tell(rules.logAgainstKernel().judge(now), now);
    }
  }

  private void tell(List<Finding> findings, long now) {
    findings.forEach(finding -> teller.tell(finding, wall.apply(now)));
  }

  @Override
  public void close() {
    judging.close();
  }
}
