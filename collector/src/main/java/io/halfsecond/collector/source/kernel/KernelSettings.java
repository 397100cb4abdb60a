package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.nio.file.Path;
import java.util.Set;

/// The settings of the kernel source.
///
/// @param proc where proc(5) of the initial pid namespace is
/// @param receiveBufferBytes the buffer that each netlink socket asks for; 4 MiB held about 10,000
///   process events or 6,500 taskstats records while the reader was stalled
/// @param listenerNames the names (comm) of the programs that listen
/// @param commandLine watch only listeners whose command line contains this; empty for all
public record KernelSettings(
    Path proc, int receiveBufferBytes, Set<String> listenerNames, String commandLine) {
  private static final int COMM_BYTES = 15;

  public KernelSettings {
    listenerNames = Set.copyOf(listenerNames);
    if (receiveBufferBytes < 4096) {
      throw new IllegalArgumentException(
          "receiveBufferBytes: %d, at least 4096".formatted(receiveBufferBytes));
    }
    if (listenerNames.isEmpty()) {
      throw new IllegalArgumentException("listenerNames: none");
    }
    for (var name : listenerNames) {
      if (name.isBlank() || name.length() > COMM_BYTES) {
        throw new IllegalArgumentException(
            "listenerNames: '%s', 1 to %d characters".formatted(name, COMM_BYTES));
      }
    }
  }

  /// `/proc`, 4 MiB, every listener named `sshd`.
  public static KernelSettings defaults() {
    return new KernelSettings(Proc.ROOT, 4 << 20, Set.of(SshdPrograms.SSHD), "");
  }

  public KernelSettings withCommandLine(String text) {
    return new KernelSettings(proc, receiveBufferBytes, listenerNames, text);
  }
}
