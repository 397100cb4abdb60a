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

  static final String SSHD_SESSION = "sshd-session";

  /// In the order in which they run. Log lines carry the same names.
  public static final List<String> NAMES = List.of(SSHD, SSHD_SESSION, "sshd-auth");

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

  /// The programs that this host has, directory by directory.
  public static List<Path> installed() {
    return DIRECTORIES.stream()
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .toList();
  }
}
