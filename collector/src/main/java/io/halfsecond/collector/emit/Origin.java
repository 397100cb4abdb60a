package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Result;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Who sends.
///
/// @param host the name of this host
/// @param cohort the name of those that are comparable with it; empty if there are none
/// @param bootId of the running kernel, from `/proc/sys/kernel/random/boot_id`; `log` where there
///   is no kernel evidence to share a boot with
/// @param collector the run of the collector
public record Origin(String host, String cohort, String bootId, String collector) {
  private static final int HEX_DIGITS = 32;

  public Origin {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is empty: records are keyed by it");
    }
  }

  /// The connection's id: the first 32 hexadecimal digits of SHA-256 over host, boot id, monitor
  /// pid and time of birth in nanoseconds, in decimal, joined by zero bytes.
  public String idOf(Result.ConnectionKey key) {
    return digest(Integer.toString(key.monitorPid()), key.bornNanos());
  }

  /// The id of a round of probes: as that of a connection, with the word `probe` for the pid.
  ///
  /// @param round when it began
  public String idOfProbe(long round) {
    return digest("probe", round);
  }

  /// The id of a self-test: likewise.
  ///
  /// @param endedNanos when it was over
  public String idOfSelfTest(long endedNanos) {
    return digest("self-test", endedNanos);
  }

  private String digest(String what, long nanos) {
    var named = String.join("\0", host, bootId, what, Long.toString(nanos));
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(named.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
