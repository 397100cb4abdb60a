package io.halfsecond.collector.source;

import java.util.List;

/// What an sshd was started for, as its command line says (getopt string of OpenSSH 6.6 to 10.x, sshd.c).
public enum SshdCommandLine {
  /** Listens itself: `-D` or `-d`. */
  LISTENER,
  /** Forks a listener into the background and exits. */
  LAUNCHER,
  /** Serves one connection that a super-server accepted: `-i`. */
  INETD,
  /** The re-executed child of a listener (`-R`), a test (`-t`, `-T`, `-G`) or a query (`-V`, `-Q`). */
  OTHER;

  private static final String WITH_VALUE = "CEobcfghkpu";
  private static final String NO_SERVER = "RtTGVQ";

  /// Classifies a command line as execve(2) got it, before setproctitle changed it.
  ///
  /// @param arguments with the program's name first
  public static SshdCommandLine of(List<String> arguments) {
    boolean foreground = false;
    boolean inetd = false;
    for (int i = 1; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (argument.length() < 2 || argument.charAt(0) != '-' || argument.equals("--")) {
        break;
      }
      for (int j = 1; j < argument.length(); j++) {
        char option = argument.charAt(j);
        if (WITH_VALUE.indexOf(option) >= 0) {
          // The value is the rest of this argument, or else the next one.
          i += j == argument.length() - 1 ? 1 : 0;
          break;
        }
        if (NO_SERVER.indexOf(option) >= 0) {
          return OTHER;
        }
        inetd |= option == 'i';
        foreground |= option == 'D' || option == 'd';
      }
    }
    return inetd ? INETD : foreground ? LISTENER : LAUNCHER;
  }

  /// Whether a running sshd that no other sshd is the parent of is a listener, by its command line or the title in
  /// its place: `sshd: … [listener] …` since 8.2. A monitor whose listener was restarted has a title without it.
  public static boolean isListening(List<String> argumentsOrTitle) {
    if (argumentsOrTitle.isEmpty()) {
      return false;
    }
    var first = argumentsOrTitle.getFirst();
    if (first.startsWith("sshd: ") || first.startsWith("sshd-session: ")) {
      return first.contains(" [listener] ");
    }
    return switch (of(argumentsOrTitle)) {
      case LISTENER, LAUNCHER -> true;
      case INETD, OTHER -> false;
    };
  }
}
