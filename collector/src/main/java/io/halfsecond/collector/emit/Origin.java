package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.Names;
import io.halfsecond.schemas.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// The collector that records come from.
///
/// @param host the name of this host
/// @param cohort the name of the comparable hosts; empty if there are none
/// @param bootId of the running kernel, from `/proc/sys/kernel/random/boot_id`; `log` where there
///   is no kernel evidence
/// @param collector the run of the collector
public record Origin(String host, String cohort, String bootId, String collector) {
  /// The boot id of records that are made from a log alone.
  public static final String NO_BOOT = "log";

  private static final int HEX_DIGITS = 32;
  private static final long SECOND_NANOS = 1_000_000_000;

  public Origin {
    Names.requireHost("host", host);
    if (!cohort.isEmpty()) {
      Names.requireCohort("cohort", cohort);
    }
    if (collector.isEmpty() || collector.length() > Bounds.COLLECTOR) {
      throw new IllegalArgumentException(
          "collector has %d characters, not 1 to %d"
              .formatted(collector.length(), Bounds.COLLECTOR));
    }
  }

  /// A new run of a collector on this host.
  ///
  /// @param proc where the proc file system is mounted
  public static Origin ofNewRun(String host, String cohort, Path proc) {
    return new Origin(host, cohort, bootId(proc), UUID.randomUUID().toString());
  }

  private static String bootId(Path proc) {
    try {
      return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException _) {
      return NO_BOOT;
    }
  }

  /// The connection's id: the first 32 hexadecimal digits of SHA-256 over host, boot id, monitor
  /// pid and time of birth in nanoseconds, in decimal, joined by zero bytes.
  ///
  /// A collector reads the last lines of a log again after it was killed, and converts their times
  /// anew, a little differently. So a connection that is known from the log alone has in place of
  /// its birth the second that the log gives its first line: also where only the second of two
  /// lines is read again.
  public String idOf(Result.ConnectionKey key) {
    return key.writtenAt().isPresent()
        ? digest("log " + key.monitorPid(), second(key.writtenAt().getAsLong()))
        : digest(Integer.toString(key.monitorPid()), key.bornNanos());
  }

  private static long second(long nanos) {
    return Math.floorDiv(nanos + SECOND_NANOS / 2, SECOND_NANOS);
  }

  /// The id of a probe round: like that of a connection, with the word `probe` in place of the pid.
  ///
  /// @param round when it began
  public String idOfProbe(long round) {
    return digest("probe", round);
  }

  /// The id of a self-test: likewise, with the word `self-test`.
  ///
  /// @param endedNanos when it was over
  public String idOfSelfTest(long endedNanos) {
    return digest("self-test", endedNanos);
  }

  /// The id of evidence of tampering: likewise, with the word `evidence`, the run and the number of
  /// the record.
  public String idOfEvidence(long sequence) {
    return digest("evidence " + collector, sequence);
  }

  private String digest(String what, long time) {
    var named = String.join("\0", host, bootId, what, Long.toString(time));
    return Sha256.hex(named).substring(0, HEX_DIGITS);
  }
}
