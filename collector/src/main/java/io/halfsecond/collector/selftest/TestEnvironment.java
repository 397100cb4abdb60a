package io.halfsecond.collector.selftest;

import java.util.Map;
import java.util.Set;

/// The environment that a program is run in. The xz payload (CVE-2024-3094) ran only if TERM was
/// unset, LANG was set, LD_DEBUG was unset and argv[0] was /usr/sbin/sshd: as the service manager
/// starts sshd, and unlike a person who investigates it.
public enum TestEnvironment {
  /** As the service manager starts it. All others are compared with this one. */
  SERVICE("as a service"),
  /** From a terminal. */
  TERMINAL("TERM set"),
  /** Without a language. */
  NO_LANGUAGE("LANG unset"),
  /**
   * With the loader in debug mode. The value is unknown to it, so it prints nothing but a warning.
   */
  LOADER_DEBUG("LD_DEBUG set"),
  /** Under another name. */
  OTHER_NAME("other argv[0]");

  private static final Set<String> DECIDING =
      Set.of(
          "LANG",
          "LANGUAGE",
          "TERM",
          "LD_DEBUG",
          "LD_DEBUG_OUTPUT",
          "NOTIFY_SOCKET",
          "WATCHDOG_USEC",
          "WATCHDOG_PID");

  private final String label;

  TestEnvironment(String label) {
    this.label = label;
  }

  /// For output to people.
  public String label() {
    return label;
  }

  /// Whether environments differ by this variable, or a service manager passes messages in it.
  private static boolean decides(String variable) {
    return variable.startsWith("LC_")
        || variable.startsWith("LISTEN_")
        || DECIDING.contains(variable);
  }

  /// Changes the variables that environments differ by; the others stay.
  void apply(Map<String, String> environment) {
    environment.keySet().removeIf(TestEnvironment::decides);
    environment.putAll(
        switch (this) {
          case SERVICE, OTHER_NAME -> Map.of("LANG", "C");
          case TERMINAL -> Map.of("LANG", "C", "TERM", "xterm");
          case NO_LANGUAGE -> Map.of();
          case LOADER_DEBUG -> Map.of("LANG", "C", "LD_DEBUG", "nothing");
        });
  }
}
