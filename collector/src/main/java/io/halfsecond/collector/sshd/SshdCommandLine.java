package io.halfsecond.collector.sshd;

import java.util.List;
import java.util.Optional;

/// The command line of an sshd in /proc/PID/cmdline: the arguments of execve(2), the program first,
/// or the title that sshd wrote over them (setproctitle(3)).
///
/// Options are those of OpenSSH 6.6 to 10.x (getopt string in sshd.c).
public record SshdCommandLine(List<String> arguments) {
  /// What an sshd was started to do.
  public enum Invocation {
    /** Listens itself: `-D` or `-d`. */
    LISTENER,
    /** Forks a listener into the background and exits. */
    LAUNCHER,
    /** Serves one connection that a super-server accepted: `-i`. */
    INETD,
    /**
     * The re-executed child of a listener (`-R`), a test (`-t`, `-T`, `-G`) or a query (`-V`,
     * `-Q`).
     */
    OTHER
  }

  /// The files that the command line names, if it names them.
  public record Files(Optional<String> program, Optional<String> configuration) {}

  private static final String WITH_VALUE = "CEobcfghkpu";
  private static final String NO_SERVER = "RtTGVQ";
  private static final String TITLE = SshdPrograms.SSHD + ": ";
  private static final String SESSION_TITLE = SshdPrograms.SSHD_SESSION + ": ";

  public SshdCommandLine {
    arguments = List.copyOf(arguments);
  }

  /// @param cmdline the content of /proc/PID/cmdline; empty for a process that is gone
  public static SshdCommandLine parse(String cmdline) {
    return new SshdCommandLine(cmdline.isEmpty() ? List.of() : List.of(cmdline.split("\0")));
  }

  /// Classifies the arguments; meaningless for a title.
  public Invocation invocation() {
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
          return Invocation.OTHER;
        }
        inetd |= option == 'i';
        foreground |= option == 'D' || option == 'd';
      }
    }
    return inetd ? Invocation.INETD : foreground ? Invocation.LISTENER : Invocation.LAUNCHER;
  }

  /// The files that a listener was started with. A title joins the arguments with spaces, so a name
  /// with a space is cut there.
  public Files files() {
    var words = first().startsWith(TITLE) ? List.of(first().split(" ", -1)) : arguments;
    var started = first().startsWith(TITLE) ? words.subList(1, words.size()) : words;
    var program = started.stream().findFirst().filter(name -> name.startsWith("/"));
    for (int i = 1; i < started.size(); i++) {
      var argument = started.get(i);
      if (argument.equals("-f") && i + 1 < started.size()) {
        return new Files(program, Optional.of(started.get(i + 1)));
      }
      if (argument.startsWith("-f") && argument.length() > 2) {
        return new Files(program, Optional.of(argument.substring(2)));
      }
    }
    return new Files(program, Optional.empty());
  }

  /// Whether this is the title of a listener that accepts connections: `sshd: … [listener] …`, set
  /// since 8.2 as the last step of its start.
  public boolean isListenerTitle() {
    return first().contains(" [listener] ");
  }

  /// Whether this is the title of a process that serves a session: `sshd: USER` or `sshd:
  /// USER@TTY`, without the part in brackets that the other processes have.
  public boolean isSessionTitle() {
    return isTitle() && !first().endsWith("]") && !isListenerTitle();
  }

  /// Whether this is the title of a monitor once the user is named: `sshd: USER [priv]`, and after
  /// authentication from OpenSSH 10.5 on `sshd-session: USER [postauth]`. A monitor that serves
  /// root's session itself, up to 9.7, has the title of a session.
  public boolean isMonitorTitle() {
    return isTitle()
        && (first().endsWith(" [priv]") || first().endsWith(" [postauth]") || isSessionTitle());
  }

  private boolean isTitle() {
    return first().startsWith(TITLE) || first().startsWith(SESSION_TITLE);
  }

  /// Whether a running sshd whose parent is no sshd is a listener. A monitor whose listener was
  /// restarted has no such parent either, but another title.
  public boolean isListener() {
    if (arguments.isEmpty()) {
      return false;
    }
    if (isTitle()) {
      return isListenerTitle();
    }
    return switch (invocation()) {
      case LISTENER, LAUNCHER -> true;
      case INETD, OTHER -> false;
    };
  }

  /// Whether the arguments, joined with spaces as in a title, contain a text.
  public boolean contains(String text) {
    return String.join(" ", arguments).contains(text);
  }

  private String first() {
    return arguments.isEmpty() ? "" : arguments.getFirst();
  }
}
