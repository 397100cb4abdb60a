package io.halfsecond.collector.source.log;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// A line of a log daemon: a message in its frame.
///
/// Understands, each with or without a leading `<PRI>`:
/// - RFC 3164, as written by rsyslog's and syslog-ng's traditional formats and by journalctl: `Nov
///   21 10:14:03 host sshd[123]: text`, with the time in any form of [LogTime], without the host
///   (as libc sends it), and with `facility.level` before or after the host (OpenWrt, busybox,
///   FreeBSD, AIX);
/// - RFC 5424: `<38>1 2024-03-29T12:04:10.123Z host sshd 123 - - text`.
///
/// **Guarantees** it never throws and takes time linear in the length of the line.
///
/// @param at when the line was logged; empty if the daemon did not know
/// @param host what the line has as the host that logged it, see [LoggedHost]; empty if the frame
///   has none
/// @param program without the pid
/// @param pid empty if the frame has none, as for messages logged without `LOG_PID`
/// @param text the message, one space after the frame
public record SyslogLine(
    Optional<Instant> at, Optional<String> host, String program, OptionalInt pid, String text) {
  private static final Set<String> FACILITIES =
      Set.of(
          ("kern user mail daemon auth syslog lpr news uucp cron authpriv ftp"
                  + " local0 local1 local2 local3 local4 local5 local6 local7")
              .split(" "));

  private static final Set<String> SEVERITIES =
      Set.of("emerg alert crit err error warning warn notice info debug".split(" "));

  /// Parses a line.
  ///
  /// @param line without its line end
  /// @return empty if there is no frame
  public static Optional<SyslogLine> parse(String line, LogCalendar calendar) {
    return parse(line, calendar, new LogTimes());
  }

  /// @param times those of the lines before
  static Optional<SyslogLine> parse(String line, LogCalendar calendar, LogTimes times) {
    String rest = withoutPriority(line);
    if (rest.startsWith("1 ")) {
      return rfc5424(rest, calendar);
    }
    return times
        .parse(rest, calendar)
        .filter(time -> rest.startsWith(" ", time.end()))
        .flatMap(time -> tagged(time.at(), rest, time.end() + 1));
  }

  private static String withoutPriority(String line) {
    int end = line.startsWith("<") ? line.indexOf('>') : -1;
    return end >= 2 && end <= 4 && isNumber(line, 1, end) ? line.substring(end + 1) : line;
  }

  /// `[HOST ][FACILITY.LEVEL ]PROGRAM[\[PID]]: text`, host and level in either order.
  private static Optional<SyslogLine> tagged(Instant at, String s, int start) {
    // Blanks in its place are a host without a name, unless it follows them.
    var host = s.startsWith(" ", start) ? Optional.of("") : Optional.<String>empty();
    boolean hasHost = false;
    boolean hasLevel = false;
    for (int from = afterBlanks(s, start); from < s.length(); ) {
      int end = s.indexOf(' ', from) < 0 ? s.length() : s.indexOf(' ', from);
      var word = s.substring(from, end);
      if (isTag(word)) {
        var text = end == s.length() ? "" : s.substring(end + 1);
        return Optional.of(of(Optional.of(at), host, withoutColon(word), "", text));
      }
      if (!hasLevel && isLevel(word, hasHost)) {
        hasLevel = true;
      } else if (!hasHost) {
        hasHost = true;
        host = Optional.of(word);
      } else {
        return Optional.empty();
      }
      from = afterBlanks(s, end);
    }
    return Optional.empty();
  }

  private static int afterBlanks(String s, int start) {
    int at = start;
    while (at < s.length() && s.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  /// `sshd:`, `sshd[123]:`, `sshd[123]`; not an IPv6 address that ends in `::` or stands in
  /// brackets.
  private static boolean isTag(String word) {
    return word.endsWith(":")
        ? word.length() > 1 && !word.endsWith("::")
        : word.endsWith("]") && word.indexOf('[') > 0;
  }

  private static String withoutColon(String tag) {
    return tag.endsWith(":") ? tag.substring(0, tag.length() - 1) : tag;
  }

  /// `auth.info`, `<auth.info>` or, where no host can be, `auth|security:info`.
  private static boolean isLevel(String word, boolean afterHost) {
    int dot = word.indexOf('.');
    return (afterHost && (dot > 0 || word.indexOf('|') > 0))
        || (word.startsWith("<") && word.endsWith(">"))
        || (dot > 0
            && FACILITIES.contains(word.substring(0, dot))
            && SEVERITIES.contains(word.substring(dot + 1)));
  }

  /// @param tag the program, with the pid in brackets or without
  /// @param procid the pid if it stands apart
  private static SyslogLine of(
      Optional<Instant> at, Optional<String> host, String tag, String procid, String text) {
    int bracket = tag.indexOf('[');
    boolean within = bracket > 0 && tag.endsWith("]");
    return new SyslogLine(
        at,
        host,
        within ? tag.substring(0, bracket) : tag,
        pid(within ? tag.substring(bracket + 1, tag.length() - 1) : procid),
        text);
  }

  /// `1 TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA[ MSG]`, RFC 5424 section 6.
  private static Optional<SyslogLine> rfc5424(String rest, LogCalendar calendar) {
    String[] words = rest.split(" ", 7);
    if (words.length < 7) {
      return Optional.empty();
    }
    var at = LogTime.parse(words[1], calendar).filter(time -> time.end() == words[1].length());
    int end = structuredDataEnd(words[6]);
    if (end < 0 || (at.isEmpty() && !words[1].equals("-"))) {
      return Optional.empty();
    }
    String text = end == words[6].length() ? "" : words[6].substring(end + 1);
    var host = Optional.of(words[2]).filter(name -> !name.equals("-"));
    return Optional.of(
        of(
            at.map(LogTime::at),
            host,
            withoutColon(words[3]),
            words[4],
            text.startsWith("\uFEFF") ? text.substring(1) : text));
  }

  /// End of `-` or of `[id name="value" …][…]`, where a value escapes `"`, `\` and `]`; -1 if it
  /// does not end.
  private static int structuredDataEnd(String s) {
    int i = 0;
    if (s.startsWith("-")) {
      i = 1;
    } else {
      boolean quoted = false;
      boolean open = false;
      for (; i < s.length() && (open || s.charAt(i) == '['); i++) {
        switch (s.charAt(i)) {
          case '\\' -> i += quoted ? 1 : 0;
          case '"' -> quoted = !quoted;
          case '[' -> open = true;
          case ']' -> open = quoted;
          default -> {}
        }
      }
      if (open || i == 0) {
        return -1;
      }
    }
    return i == s.length() || (i < s.length() && s.charAt(i) == ' ') ? i : -1;
  }

  private static OptionalInt pid(String s) {
    if (s.length() > 9 || !isNumber(s, 0, s.length())) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(s));
  }

  private static boolean isNumber(String s, int start, int end) {
    for (int i = start; i < end; i++) {
      if (s.charAt(i) < '0' || s.charAt(i) > '9') {
        return false;
      }
    }
    return start < end;
  }
}
