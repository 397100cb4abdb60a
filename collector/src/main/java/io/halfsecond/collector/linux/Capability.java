package io.halfsecond.collector.linux;

import java.util.EnumSet;
import java.util.Set;

/// The capabilities(7) that the collector can make use of.
public enum Capability {
  /** Reads more of /proc than its owner's. */
  CAP_DAC_READ_SEARCH(2),
  /** Registers for taskstats, grows receive buffers past net.core.rmem_max. */
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
    var found = EnumSet.noneOf(Capability.class);
    status
        .lines()
        .filter(line -> line.startsWith(EFFECTIVE))
        .findFirst()
        .ifPresent(
            line -> {
              try {
                long mask = Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
                for (var capability : values()) {
                  if ((mask >>> capability.bit & 1) != 0) {
                    found.add(capability);
                  }
                }
              } catch (NumberFormatException unreadable) {
                found.clear();
              }
            });
    return found;
  }
}
