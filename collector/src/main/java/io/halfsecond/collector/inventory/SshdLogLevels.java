package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.ReadPacing;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether sshd may log an accepted login, by its configuration. A `Match` block may have another
/// LogLevel for some users, so any that is too low counts.
public final class SshdLogLevels {
  private static final Pattern LOG_LEVEL =
      Pattern.compile(
          "[ \\t]*\"?loglevel\"?(?:[ \\t]*=[ \\t]*|[ \\t]+)[\"']?(\\w+).*",
          Pattern.CASE_INSENSITIVE);

  /// Below INFO, in capitals.
  private static final Set<String> LESS = Set.of("QUIET", "FATAL", "ERROR");

  private SshdLogLevels() {}

  /// @param configuration as named on the command line; empty for the usual one
  /// @return true also if it cannot be read
  public static boolean mayLogLess(Optional<String> configuration) {
    var file = configuration.flatMap(HostFiles::path).orElse(Inventory.CONFIGURATION);
    var less = new boolean[1];
    var config =
        new SshdConfig(
            Inventory.CONFIGURATIONS,
            new FileDependencies(),
            ReadPacing.FAST,
            line -> less[0] |= isLess(line));
    try {
      return config.sha256(file).isEmpty() || less[0];
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  static boolean isLess(String line) {
    var level = LOG_LEVEL.matcher(line);
    return level.matches() && LESS.contains(level.group(1).toUpperCase(Locale.ROOT));
  }
}
