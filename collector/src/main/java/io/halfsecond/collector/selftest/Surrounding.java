package io.halfsecond.collector.selftest;

import java.util.Map;
import java.util.Set;

/// What a program is run in. The xz payload (CVE-2024-3094) worked only where TERM was unset, LANG
/// was set, LD_DEBUG was unset and argv[0] was /usr/sbin/sshd: as the service manager starts sshd,
/// and as nobody does who looks into it.
public enum Surrounding {
  /** As the service manager does it. All others are compared with this one. */
  SERVICE("as a service"),
  /** From a terminal. */
  TERMINAL("TERM set"),
  /** Without a language. */
  NO_LANGUAGE("LANG unset"),
  /**
   * With the loader asked to report. The word is none that it knows, so it reports nothing but
   * that.
   */
  LOADER_DEBUG("LD_DEBUG set"),
  /** By another name. */
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

  Surrounding(String label) {
    this.label = label;
  }

  /// A few words for a person.
  public String label() {
    return label;
  }

  /// Whether a variable is one of those that surroundings differ by, or that a service manager
  /// speaks to its service with.
  private static boolean decides(String variable) {
    return variable.startsWith("LC_")
        || variable.startsWith("LISTEN_")
        || DECIDING.contains(variable);
  }

  /// Makes an environment that of the surrounding; what surroundings do not differ by stays.
  void apply(Map<String, String> environment) {
    environment.keySet().removeIf(Surrounding::decides);
    environment.putAll(
        switch (this) {
          case SERVICE, OTHER_NAME -> Map.of("LANG", "C");
          case TERMINAL -> Map.of("LANG", "C", "TERM", "xterm");
          case NO_LANGUAGE -> Map.of();
          case LOADER_DEBUG -> Map.of("LANG", "C", "LD_DEBUG", "nothing");
        });
  }
}
