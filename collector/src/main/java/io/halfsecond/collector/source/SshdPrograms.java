package io.halfsecond.collector.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where distributions and upstream put sshd's programs: one until OpenSSH 9.7, sshd-session beside
/// it from 9.8, sshd-auth from 10.0 on.
public final class SshdPrograms {
  private static final List<String> DIRECTORIES =
      List.of(
          "/usr/sbin",
          "/usr/local/sbin",
          "/usr/lib/openssh",
          "/usr/lib/ssh",
          "/usr/libexec/openssh",
          "/usr/libexec");
  private static final List<String> NAMES = List.of("sshd", "sshd-session", "sshd-auth");

  private SshdPrograms() {}

  /// Those that this host has, directory by directory.
  public static List<Path> installed() {
    return DIRECTORIES.stream()
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .toList();
  }
}
