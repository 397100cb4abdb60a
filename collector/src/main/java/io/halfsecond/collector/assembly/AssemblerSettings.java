package io.halfsecond.collector.assembly;

import io.halfsecond.schemas.Bounds;
import java.time.Duration;
import java.util.Set;

/// The settings of a [ConnectionAssembler].
///
/// @param inputs which sources run; with [Inputs#LOG_ONLY] connections are made of log lines alone
/// @param privsepUids the user ids that a preauth child changes to: that of `sshd`, one per
///   container image
/// @param logLag how late a log line may arrive after the kernel's event that decides. journald is
///   about 1 ms late; the rest is for a loaded machine
/// @param accountGrace how far apart the account and the exit of a process may arrive: the account
///   comes about 0.5 ms earlier, on another socket
/// @param sessionPrograms how many programs are named for a session
/// @param maxOpen how many connections are tracked; more are counted only
/// @param logOnlyExpiry how long a connection of log lines may stay undecided. Five times sshd's
///   default LoginGraceTime
/// @param uncertainExpiry how long a connection stays open whose end may have been missed
public record AssemblerSettings(
    Inputs inputs,
    Set<Integer> privsepUids,
    Duration logLag,
    Duration accountGrace,
    int sessionPrograms,
    int maxOpen,
    Duration logOnlyExpiry,
    Duration uncertainExpiry) {

  /// Which sources run.
  public enum Inputs {
    KERNEL_ONLY,
    KERNEL_AND_LOG,
    LOG_ONLY
  }

  public AssemblerSettings {
    privsepUids = Set.copyOf(privsepUids);
    requirePositive("logLag", logLag);
    requirePositive("accountGrace", accountGrace);
    requirePositive("logOnlyExpiry", logOnlyExpiry);
    requirePositive("uncertainExpiry", uncertainExpiry);
    if (maxOpen < 1) {
      throw new IllegalArgumentException("maxOpen must be at least 1, not " + maxOpen);
    }
    if (sessionPrograms < 0) {
      throw new IllegalArgumentException(
          "sessionPrograms must not be negative, as " + sessionPrograms);
    }
    if (inputs != Inputs.LOG_ONLY && privsepUids.isEmpty()) {
      throw new IllegalArgumentException(
          "privsepUids is empty: without it no preauth child can be recognised");
    }
  }

  public static AssemblerSettings defaults(Inputs inputs, Set<Integer> privsepUids) {
    return new AssemblerSettings(
        inputs,
        privsepUids,
        Duration.ofSeconds(1),
        Duration.ofMillis(250),
        Bounds.PROGRAMS,
        10_000,
        Duration.ofMinutes(10),
        Duration.ofDays(1));
  }

  public AssemblerSettings withSessionPrograms(int most) {
    return new AssemblerSettings(
        inputs, privsepUids, logLag, accountGrace, most, maxOpen, logOnlyExpiry, uncertainExpiry);
  }

  boolean logs() {
    return inputs != Inputs.KERNEL_ONLY;
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }
}
