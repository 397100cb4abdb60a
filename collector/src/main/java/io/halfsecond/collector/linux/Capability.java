package io.halfsecond.collector.linux;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// The capabilities(7) that the collector can use.
public enum Capability {
  /** Reads files of /proc that belong to other users. */
  CAP_DAC_READ_SEARCH(2),
  /** Registers for taskstats, and enlarges receive buffers beyond net.core.rmem_max. */
  CAP_NET_ADMIN(12),
  /** Reads maps and exe of other users' processes. */
  CAP_SYS_PTRACE(19);

  private static final String EFFECTIVE = "CapEff:";

  private final int bit;

  Capability(int bit) {
    this.bit = bit;
  }

  /// The effective capabilities in the text of /proc/PID/status (proc(5)); none if the text has no
  /// readable CapEff.
  public static Set<Capability> effective(String status) {
    try {
      var line = status.lines().filter(text -> text.startsWith(EFFECTIVE)).findFirst();
      long mask =
          line.isEmpty()
              ? 0
              : Long.parseUnsignedLong(line.get().substring(EFFECTIVE.length()).strip(), 16);
      return Arrays.stream(values())
          .filter(capability -> (mask >>> capability.bit & 1) != 0)
          .collect(Collectors.toUnmodifiableSet());
    } catch (NumberFormatException unreadable) {
      return Set.of();
    }
  }
}
