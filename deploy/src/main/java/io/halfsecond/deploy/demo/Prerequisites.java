package io.halfsecond.deploy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the live demonstration needs on a machine.
public final class Prerequisites {
  private static final Map<String, String> PACKAGES =
      Map.of(
          "sshd",
          "openssh-server",
          "ssh",
          "openssh-client",
          "ssh-keygen",
          "openssh-client",
          "gcc",
          "gcc and libc6-dev",
          "patchelf",
          "patchelf",
          "ldd",
          "libc-bin");

  private Prerequisites() {}

  /// What is missing, each with how to get it; empty if the demonstration can run.
  public static List<String> missing() {
    var missing = new ArrayList<String>();
    if (!Files.exists(Path.of("/proc/self/schedstat"))) {
      missing.add("Linux with /proc/PID/schedstat: run it on a Linux machine");
      return missing;
    }
    if (!root()) {
      missing.add("root, for sshd and the kernel's process events: run it with sudo");
    }
    PACKAGES.entrySet().stream()
        .filter(tool -> Commands.find(tool.getKey()).isEmpty())
        .map(tool -> tool.getKey() + ": install " + tool.getValue())
        .sorted()
        .forEach(missing::add);
    return missing;
  }

  private static boolean root() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }
}
