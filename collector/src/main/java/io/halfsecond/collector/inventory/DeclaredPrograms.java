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
  private static final int DEEPEST = 8;
  private static final int LARGEST = 1 << 20;

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
              line -> add(COMMAND, line, named));
      try {
        var _ =
            config.sha256(configuration.flatMap(HostFiles::path).orElse(Inventory.CONFIGURATION));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    service(pam, "sshd", named, 0);
    var all = new HashSet<>(named);
    for (var name : named) {
      HostFiles.path(name).flatMap(DeclaredPrograms::real).ifPresent(all::add);
    }
    return all;
  }

  private static void service(Path pam, String name, Set<String> named, int depth) {
    var file = HostFiles.path(name).map(pam::resolve);
    if (depth > DEEPEST || file.isEmpty()) {
      return;
    }
    try {
      if (Files.size(file.get()) > LARGEST) {
        return;
      }
      for (var line : Files.readString(file.get()).replace("\\\n", " ").lines().toList()) {
        if (line.startsWith("#")) {
          continue;
        }
        add(PAM_EXEC, line, named);
        var include = PAM_INCLUDE.matcher(line);
        if (include.matches()) {
          service(pam, include.group(1), named, depth + 1);
        }
      }
    } catch (IOException _) {
      // Not there, or not readable: it declares nothing.
    }
  }

  private static void add(Pattern pattern, String line, Set<String> named) {
    var found = pattern.matcher(line);
    if (found.matches()) {
      named.add(found.group(1));
    }
  }

  private static Optional<String> real(Path path) {
    try {
      return Optional.of(path.toRealPath().toString());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
