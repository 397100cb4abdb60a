package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// The platform that sshd runs on. What the kernel does not report is empty.
///
/// @param kernelRelease as `uname -r` prints it
/// @param machine as `uname -m` prints it
/// @param cpuModel of the first CPU
/// @param cpuGovernor frequency governor of the first CPU
/// @param bootedAt when the kernel started
/// @param distribution and its release, as [OsRelease#name]
public record Platform(
    String kernelRelease,
    String machine,
    String cpuModel,
    String cpuGovernor,
    Instant bootedAt,
    String distribution) {
  private static final Pattern MODEL =
      Pattern.compile("(?m)^(?:model name|Model|cpu model|cpu)\\s*: *(.+)$");

  /// @param proc where the proc file system is
  /// @param sys where sysfs is
  static Platform read(Path proc, Path sys, Instant bootedAt) {
    return new Platform(
        text(proc.resolve("sys/kernel/osrelease")).strip(),
        // Since Linux 6.1. Before, Java's name, which among servers' machines differs for x86_64
        // only.
        Optional.of(text(proc.resolve("sys/kernel/arch")).strip())
            .filter(arch -> !arch.isEmpty())
            .orElseGet(() -> System.getProperty("os.arch").replace("amd64", "x86_64")),
        cpuModel(text(proc.resolve("cpuinfo"))),
        text(sys.resolve("devices/system/cpu/cpu0/cpufreq/scaling_governor")).strip(),
        bootedAt,
        OsRelease.ofThisHost().name());
  }

  /// @param cpuinfo text of /proc/cpuinfo
  static String cpuModel(String cpuinfo) {
    var found = MODEL.matcher(cpuinfo);
    return found.find() ? found.group(1).strip() : "";
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException _) {
      return "";
    }
  }
}
