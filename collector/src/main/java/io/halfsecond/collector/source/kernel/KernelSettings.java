package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Bounds;
import java.nio.file.Path;
import java.util.Set;

/// The settings of the kernel source.
///
/// @param proc where proc(5) of the initial pid namespace is
/// @param receiveBufferBytes the buffer that each netlink socket asks for; 4 MiB held about 10,000
///   process events or 6,500 taskstats records while the reader was stalled
/// @param listenerNames the names (comm) of the programs that listen
/// @param commandLine watch only listeners whose command line contains this; empty for all
/// @param sessionPrograms how many programs are named for a session; further ones are counted
public record KernelSettings(
    Path proc,
    int receiveBufferBytes,
    Set<String> listenerNames,
    String commandLine,
    int sessionPrograms) {
  public static final int DEFAULT_PROGRAMS = 32;

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
    if (sessionPrograms < 0 || sessionPrograms > Bounds.PROGRAMS) {
      throw new IllegalArgumentException(
          "sessionPrograms: %d, 0 to %d".formatted(sessionPrograms, Bounds.PROGRAMS));
    }
    for (var name : listenerNames) {
      if (name.isBlank() || name.length() > COMM_BYTES) {
        throw new IllegalArgumentException(
            "listenerNames: '%s', 1 to %d characters".formatted(name, COMM_BYTES));
      }
    }
  }

  /// `/proc`, 4 MiB, every listener named `sshd`, 32 programs.
  public static KernelSettings defaults() {
    return new KernelSettings(Proc.ROOT, 4 << 20, Set.of(SshdPrograms.SSHD), "", DEFAULT_PROGRAMS);
  }

  public KernelSettings withCommandLine(String text) {
    return new KernelSettings(proc, receiveBufferBytes, listenerNames, text, sessionPrograms);
  }

  public KernelSettings withSessionPrograms(int most) {
    return new KernelSettings(proc, receiveBufferBytes, listenerNames, commandLine, most);
  }
}
