package io.halfsecond.collector.sshd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
  private static final String LISTENER = " [listener] ";
  private static final String TITLE = SshdPrograms.SSHD + ": ";

  public SshdCommandLine {
    arguments = List.copyOf(arguments);
  }

  /// @param cmdline the content of /proc/PID/cmdline; empty for a process that is gone
  public static SshdCommandLine parse(String cmdline) {
    return new SshdCommandLine(cmdline.isEmpty() ? List.of() : List.of(cmdline.split("\0")));
  }

  /// Classifies the arguments; meaningless for a title.
  public Invocation invocation() {
    var options = options();
    if (options.stream().anyMatch(option -> NO_SERVER.indexOf(option.letter()) >= 0)) {
      return Invocation.OTHER;
    }
    if (has(options, 'i')) {
      return Invocation.INETD;
    }
    return has(options, 'D') || has(options, 'd') ? Invocation.LISTENER : Invocation.LAUNCHER;
  }

  /// The files that a listener was started with. A title joins the arguments with spaces, so a name
  /// with a space is cut there.
  public Files files() {
    return new Files(
        started().stream().findFirst().filter(name -> name.startsWith("/")), value('f'));
  }

  /// The file that sshd appends its log to instead of calling syslog(3) (`-E`).
  public Optional<String> logFile() {
    return value('E');
  }

  /// The options that decide which configuration a listener has: `-f` and `-o`, each followed by
  /// its value.
  public List<String> configurationOptions() {
    return options().stream()
        .filter(option -> option.letter() == 'f' || option.letter() == 'o')
        .flatMap(option -> Stream.of("-" + option.letter(), option.value()))
        .toList();
  }

  /// The last one counts.
  private Optional<String> value(char letter) {
    return options().stream()
        .filter(option -> option.letter() == letter)
        .map(Option::value)
        .reduce((_, last) -> last);
  }

  private static boolean has(List<Option> options, char letter) {
    return options.stream().anyMatch(option -> option.letter() == letter);
  }

  /// @param value empty for an option without one
  private record Option(char letter, String value) {}

  /// As getopt(3) reads them. One that lacks its value is left out.
  private List<Option> options() {
    var words = started();
    var found = new ArrayList<Option>();
    for (int i = 1; i < words.size(); i++) {
      var word = words.get(i);
      if (word.length() < 2 || word.charAt(0) != '-' || word.equals("--")) {
        break;
      }
      for (int j = 1; j < word.length(); j++) {
        char letter = word.charAt(j);
        if (WITH_VALUE.indexOf(letter) < 0) {
          found.add(new Option(letter, ""));
          continue;
        }
        // The value is the rest of this word, or else the next one.
        if (j + 1 < word.length()) {
          found.add(new Option(letter, word.substring(j + 1)));
        } else if (++i < words.size()) {
          found.add(new Option(letter, words.get(i)));
        }
        break;
      }
    }
    return found;
  }

  /// What execve(2) was given, without what sshd added in a title.
  private List<String> started() {
    if (!first().startsWith(TITLE)) {
      return arguments;
    }
    // A process can give itself any title, also one without words between these two.
    int end = first().indexOf(LISTENER);
    var line =
        first()
            .substring(TITLE.length(), end < 0 ? first().length() : Math.max(end, TITLE.length()));
    return List.of(line.split(" ", -1));
  }

  /// Whether this is the title of a listener that accepts connections: `sshd: … [listener] …`, set
  /// since 8.2 as the last step of its start.
  public boolean isListenerTitle() {
    return first().contains(LISTENER);
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
    return SshdPrograms.NAMES.stream().anyMatch(name -> first().startsWith(name + ": "));
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
