package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SessionCpu;

/// Which of kernel and log saw a connection, and why one of them did not.
public enum Witness {
  KERNEL_AND_LOG("kernel-and-log", "none"),
  /// A scan, a reset, or a client that waited: sshd need not say anything about it.
  KERNEL_WITHOUT_LOGIN("kernel", "no-login"),
  /// Evidence was lost, or the connection is older than the collector.
  KERNEL_INCOMPLETE("kernel", "incomplete"),
  /// A login was tried, and the log does not have it.
  KERNEL_ALONE("kernel", "unexplained"),
  /// The collector reads no events of the kernel.
  LOG_ALONE("log", "no-kernel"),
  /// From a newer writer than this reader.
  UNKNOWN("unknown", "unknown");

  private final String evidence;
  private final String gap;

  Witness(String evidence, String gap) {
    this.evidence = evidence;
    this.gap = gap;
  }

  public static Witness of(AuthTiming timing) {
    return of(timing.getEvidence(), timing.getOutcome(), timing.getComplete());
  }

  public static Witness of(SessionCpu cpu) {
    return of(cpu.getEvidence(), cpu.getOutcome(), cpu.getComplete());
  }

  private static Witness of(Evidence evidence, Outcome outcome, boolean complete) {
    return switch (evidence) {
      case KERNEL_AND_LOG -> KERNEL_AND_LOG;
      case LOG -> LOG_ALONE;
      case KERNEL ->
          outcome == Outcome.NO_PREAUTH || outcome == Outcome.TIMED_OUT
              ? KERNEL_WITHOUT_LOGIN
              : complete ? KERNEL_ALONE : KERNEL_INCOMPLETE;
      case UNKNOWN -> UNKNOWN;
    };
  }

  /// As a label.
  public String evidence() {
    return evidence;
  }

  /// As a label: why one of the two did not see it.
  public String gap() {
    return gap;
  }
}
