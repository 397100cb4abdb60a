package io.halfsecond.collector.sshd;

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

  private SshdPrograms() {}

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
