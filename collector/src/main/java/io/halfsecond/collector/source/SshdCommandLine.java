package io.halfsecond.collector.source;

import java.util.List;
import java.util.Optional;

/// What an sshd was started for, as its command line says (getopt string of OpenSSH 6.6 to 10.x,
/// sshd.c).
public enum SshdCommandLine {
  /** Listens itself: `-D` or `-d`. */
  LISTENER,
  /** Forks a listener into the background and exits. */
  LAUNCHER,
  /** Serves one connection that a super-server accepted: `-i`. */
  INETD,
  /**
   * The re-executed child of a listener (`-R`), a test (`-t`, `-T`, `-G`) or a query (`-V`, `-Q`).
   */
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

  /// The program and its configuration file, as far as the command line, or the title in its place,
  /// names them.
  public record Files(Optional<String> program, Optional<String> configuration) {}

  /// Which files a listener was started with. A title joins its arguments with spaces: names with a
  /// space are not told from two.
  public static Files files(List<String> argumentsOrTitle) {
    var first = argumentsOrTitle.isEmpty() ? "" : argumentsOrTitle.getFirst();
    var words = first.startsWith("sshd: ") ? List.of(first.split(" ", -1)) : argumentsOrTitle;
    var arguments = first.startsWith("sshd: ") ? words.subList(1, words.size()) : words;
    var program = arguments.stream().findFirst().filter(name -> name.startsWith("/"));
    for (int i = 1; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (argument.equals("-f") && i + 1 < arguments.size()) {
        return new Files(program, Optional.of(arguments.get(i + 1)));
      }
      if (argument.startsWith("-f") && argument.length() > 2) {
        return new Files(program, Optional.of(argument.substring(2)));
      }
    }
    return new Files(program, Optional.empty());
  }

  /// Whether a running sshd that no other sshd is the parent of is a listener, by its command line
  /// or the title in its place: `sshd: … [listener] …` since 8.2. A monitor whose listener was
  /// restarted has a title without it.
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
