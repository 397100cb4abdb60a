package io.halfsecond.collector.assembly;

import java.time.Duration;
import java.util.Set;

/// What the assembler goes by.
///
/// @param inputs which sources run; with [Inputs#LOG_ONLY] connections are told by log lines alone
/// @param privsepUids the user ids that sshd's preauth child drops to: that of `sshd`, once per
///   container image
/// @param logLag how long after the kernel decided a log line may still arrive. journald is about 1
///   ms late; the rest is for a loaded machine
/// @param accountGrace how long taskstats, /proc and the connector may disagree about a process:
///   accounting comes some 0.5 ms before the exit it belongs to, on another socket
/// @param maxOpen connections tracked at most; further ones are counted and not tracked
/// @param logOnlyExpiry log-only: how long a connection may stay undecided. Five times sshd's
///   default LoginGraceTime
/// @param uncertainExpiry how long a connection may stay open whose end could have been missed
public record AssemblerSettings(
    Inputs inputs,
    Set<Integer> privsepUids,
    Duration logLag,
    Duration accountGrace,
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
        10_000,
        Duration.ofMinutes(10),
        Duration.ofDays(1));
  }

  public AssemblerSettings withMaxOpen(int connections) {
    return new AssemblerSettings(
        inputs, privsepUids, logLag, accountGrace, connections, logOnlyExpiry, uncertainExpiry);
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
