package io.halfsecond.collector.sshd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The executables of OpenSSH's server: one until 9.7; 9.8 moved the monitor to sshd-session, 10.0
/// the preauth child to sshd-auth.
public final class SshdPrograms {
  /// The program that listens. Its name is also the kernel's name (comm) of the process.
  public static final String SSHD = "sshd";

  private static final String SSHD_SESSION = "sshd-session";

  /// The program of the preauth child.
  public static final String SSHD_AUTH = "sshd-auth";

  /// Those that a listener starts for each connection.
  static final List<String> OF_CONNECTIONS = List.of(SSHD_SESSION, SSHD_AUTH);

  /// In the order in which they run. Log lines carry the same names.
  public static final List<String> NAMES = List.of(SSHD, SSHD_SESSION, SSHD_AUTH);

  /// Where distributions and upstream install them.
  private static final List<String> DIRECTORIES =
      List.of(
          "/usr/sbin",
          "/usr/local/sbin",
          "/usr/lib/openssh",
          "/usr/lib/ssh",
          "/usr/libexec/openssh",
          "/usr/libexec");

  private static final int ROOT = 0;
  private static final int WRITABLE_BY_OTHERS = 0022;

  /// In a directory with this bit only the owner of a file can replace it.
  private static final int STICKY = 01000;

  private SshdPrograms() {}

  /// Whether the collector may run this program: only root and the collector's own user can have
  /// written it or put it there. Otherwise anyone who starts a process that looks like sshd could
  /// make the collector run a file of his.
  static boolean trusted(Path program) {
    try {
      var real = program.toRealPath();
      int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      if (!Files.isExecutable(real) || !controlled(real, 0, self)) {
        return false;
      }
      for (var above = real.getParent(); above != null; above = above.getParent()) {
        if (!controlled(above, STICKY, self)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// @param allowing a bit of the mode with which others may write
  /// @param self the collector's own user
  private static boolean controlled(Path path, int allowing, int self) throws IOException {
    int owner = (int) Files.getAttribute(path, "unix:uid");
    int mode = (int) Files.getAttribute(path, "unix:mode");
    return (owner == ROOT || owner == self)
        && ((mode & WRITABLE_BY_OTHERS) == 0 || (mode & allowing) != 0);
  }

  /// Every path at which a program of that name is installed on some system.
  public static Stream<Path> paths(String name) {
    return DIRECTORIES.stream().map(directory -> Path.of(directory, name));
  }

  /// The programs in the directories of distributions and upstream, directory by directory. Only
  /// for a host where nothing listens: [SshdProgramSearch] asks the listener.
  public static List<Path> installed() {
    return DIRECTORIES.stream()
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .toList();
  }
}
