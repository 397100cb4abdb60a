package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The programs that the configuration of sshd and of PAM names to run before authentication:
/// `AuthorizedKeysCommand`, `AuthorizedPrincipalsCommand`, in `Match` blocks too, and the arguments
/// of `pam_exec`.
public final class DeclaredPrograms {
  private static final Pattern COMMAND =
      Pattern.compile(
          "[ \\t]*\"?authorized(?:keys|principals)command\"?(?:[ \\t]*=[ \\t]*|[ \\t]+)"
              + "[\"']*(/[^\\s\"']+).*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PAM_EXEC = Pattern.compile(".*\\bpam_exec\\.so\\b.*?\\s(/\\S+).*");
  private static final Pattern PAM_INCLUDE =
      Pattern.compile("\\s*(?:@include|\\S+\\s+(?:include|substack))\\s+(\\S+).*");
  private static final int MOST_SERVICES = 64;
  private static final int LARGEST = 1 << 20;
  private static final int LONGEST = 4_096;

  private DeclaredPrograms() {}

  /// As they are named, and under their real paths.
  ///
  /// @param configurations of the sshds, as named on their command lines
  /// @param pam the directory of PAM's services: `/etc/pam.d`
  public static Set<String> of(List<Optional<String>> configurations, Path pam) {
    var named = new HashSet<String>();
    for (var configuration : configurations) {
      var config =
          new SshdConfig(
              Inventory.CONFIGURATIONS,
              new FileDependencies(),
              ReadPacing.FAST,
              line -> ofSshd(line).ifPresent(named::add));
      try {
        var _ =
            config.sha256(configuration.flatMap(HostFiles::path).orElse(Inventory.CONFIGURATION));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    service(pam, "sshd", named, new HashSet<>());
    var all = new HashSet<>(named);
    for (var name : named) {
      HostFiles.path(name).flatMap(DeclaredPrograms::real).ifPresent(all::add);
    }
    return all;
  }

  private static void service(Path pam, String name, Set<String> named, Set<String> read) {
    var file = HostFiles.path(name).map(pam::resolve);
    if (file.isEmpty() || read.size() >= MOST_SERVICES || !read.add(name)) {
      return;
    }
    try {
      if (Files.size(file.get()) > LARGEST) {
        return;
      }
      for (var line : Files.readString(file.get()).replace("\\\n", " ").lines().toList()) {
        ofPam(line).ifPresent(named::add);
        included(line).ifPresent(service -> service(pam, service, named, read));
      }
    } catch (IOException _) {
      // Not there, or not readable: it declares nothing.
    }
  }

  /// The program of a line of sshd_config.
  static Optional<String> ofSshd(String line) {
    return first(COMMAND, line);
  }

  /// The program of a line of a PAM service.
  static Optional<String> ofPam(String line) {
    return line.startsWith("#") ? Optional.empty() : first(PAM_EXEC, line);
  }

  /// The service that a line of a PAM service includes.
  static Optional<String> included(String line) {
    return line.startsWith("#") ? Optional.empty() : first(PAM_INCLUDE, line);
  }

  /// What the pattern captures. A line that is too long to be anybody's is none: the time of a
  /// match grows with the square of it.
  private static Optional<String> first(Pattern pattern, String line) {
    var found = pattern.matcher(line);
    return line.length() <= LONGEST && found.matches()
        ? Optional.of(found.group(1))
        : Optional.empty();
  }

  private static Optional<String> real(Path path) {
    try {
      return Optional.of(path.toRealPath().toString());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
