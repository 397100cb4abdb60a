package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// What sshd runs on. What the kernel does not say is empty.
///
/// @param kernelRelease as `uname -r` has it
/// @param machine as `uname -m` has it
/// @param cpuModel of the first CPU
/// @param cpuGovernor of the first CPU's frequency
/// @param bootedAt when the kernel started
public record Platform(
    String kernelRelease, String machine, String cpuModel, String cpuGovernor, Instant bootedAt) {
  private static final Pattern MODEL =
      Pattern.compile("(?m)^(?:model name|Model|cpu model|cpu)\\s*: *(.+)$");

  /// @param proc where the proc file system is
  /// @param sys where sysfs is
  static Platform read(Path proc, Path sys, Instant bootedAt) {
    return new Platform(
        text(proc.resolve("sys/kernel/osrelease")).strip(),
        // Since Linux 6.1; before, Java's name for it, which differs for x86_64 alone among those
        // that servers have.
        Optional.of(text(proc.resolve("sys/kernel/arch")).strip())
            .filter(arch -> !arch.isEmpty())
            .orElseGet(() -> System.getProperty("os.arch").replace("amd64", "x86_64")),
        cpuModel(text(proc.resolve("cpuinfo"))),
        text(sys.resolve("devices/system/cpu/cpu0/cpufreq/scaling_governor")).strip(),
        bootedAt);
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
