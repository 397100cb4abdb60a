package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.schemas.Outcome;
import java.util.Optional;

/// How authentication ended, by exit statuses. Where kernel and log disagree, the kernel counts.
final class LoginOutcome {
  private static final int SIGTERM = 15;
  // sshd-session, OpenSSH 9.8 and later: session.h, enum of EXIT_*; sshd before that exits 1 or
  // 255.
  private static final int EXIT_GRACE_OLD = 1;
  private static final int EXIT_LOGIN_GRACE = 3;
  private static final int EXIT_CHILD_CRASH = 4;
  private static final int EXIT_AUTH_ATTEMPTED = 5;
  private static final int EXIT_INVALID_USER = 7;

  private LoginOutcome() {}

  /// The outcome where there was a preauth child.
  ///
  /// @param preauth its exit status; empty if it was not seen
  /// @param monitor the monitor's exit status; empty if it has not exited or that was not seen
  /// @param exchanged false if there was certainly no key exchange
  static Outcome withPreauth(
      Optional<ExitStatus> preauth,
      Optional<ExitStatus> monitor,
      LoginEvidence log,
      boolean exchanged) {
    if (preauth.isEmpty()) {
      return log.accepted() ? Outcome.ACCEPTED : log.failed() ? Outcome.FAILED : Outcome.UNKNOWN;
    }
    if (preauth.get().success()) {
      return Outcome.ACCEPTED;
    }
    if (killed(monitor)) {
      return Outcome.CRASHED;
    }
    return switch (preauth.get()) {
      case ExitStatus.Code _ ->
          ofMonitor(monitor, log, exchanged ? Outcome.FAILED : Outcome.NO_PREAUTH);
      case ExitStatus.Signal(int number) when number == SIGTERM && graceful(monitor) ->
          Outcome.TIMED_OUT;
      case ExitStatus.Signal _ -> log.timedOut() ? Outcome.TIMED_OUT : Outcome.CRASHED;
    };
  }

  /// The outcome without a preauth child: the client was turned away or left, or sshd runs without
  /// privilege separation.
  static Outcome withoutPreauth(
      Optional<ExitStatus> monitor, LoginEvidence log, boolean sessionSeen) {
    if (log.accepted() || sessionSeen) {
      return Outcome.ACCEPTED;
    }
    if (monitor.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    return killed(monitor)
        ? Outcome.CRASHED
        : ofMonitor(monitor, log, log.failed() ? Outcome.FAILED : Outcome.NO_PREAUTH);
  }

  /// Whether a signal ended the monitor. The grace timer's does not: it is handled, and the monitor
  /// exits with a status.
  private static boolean killed(Optional<ExitStatus> monitor) {
    return monitor.isPresent() && monitor.get() instanceof ExitStatus.Signal;
  }

  /// Whether exit statuses alone show that a user was accepted or refused.
  static boolean attempted(Optional<ExitStatus> preauth, Optional<ExitStatus> monitor) {
    return preauth.filter(ExitStatus::success).isPresent()
        || (monitor.orElse(null) instanceof ExitStatus.Code(int code)
            && (code == EXIT_AUTH_ATTEMPTED || code == EXIT_INVALID_USER));
  }

  private static Outcome ofMonitor(
      Optional<ExitStatus> monitor, LoginEvidence log, Outcome otherwise) {
    if (log.timedOut()) {
      return Outcome.TIMED_OUT;
    }
    if (monitor.isPresent() && monitor.get() instanceof ExitStatus.Code(int code)) {
      return switch (code) {
        case EXIT_LOGIN_GRACE -> Outcome.TIMED_OUT;
        case EXIT_CHILD_CRASH -> Outcome.CRASHED;
        case EXIT_AUTH_ATTEMPTED, EXIT_INVALID_USER -> Outcome.FAILED;
        default -> otherwise;
      };
    }
    return otherwise;
  }

  /// The grace timer sends SIGTERM to its process group and exits 1, or 3 from 9.8 on. Somebody who
  /// sends it to the preauth child alone makes the monitor exit otherwise (255, or 4 from 9.8 on).
  private static boolean graceful(Optional<ExitStatus> monitor) {
    return monitor.isEmpty()
        || (monitor.get() instanceof ExitStatus.Code(int code)
            && (code == EXIT_GRACE_OLD || code == EXIT_LOGIN_GRACE));
  }
}
