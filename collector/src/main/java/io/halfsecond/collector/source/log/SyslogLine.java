package io.halfsecond.collector.source.log;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// A line of a log daemon: a message in its frame.
///
/// Understands, each with or without a leading `<PRI>`:
/// - RFC 3164, as written by rsyslog's and syslog-ng's traditional formats: `Nov 21 10:14:03 host
///   sshd[123]: text`, without the host (as libc sends it), and with busybox' `facility.level`
///   after the host;
/// - the same with an ISO 8601 time, rsyslog's default since 8.2210:
///   `2024-03-29T12:04:10.123456+00:00 host …`;
/// - RFC 5424: `<38>1 2024-03-29T12:04:10.123Z host sshd 123 - - text`.
///
/// **Guarantees** it never throws and takes time linear in the length of the line.
///
/// @param at when the line was logged; empty if the daemon did not know
/// @param host the name of the host that logged it; empty if the frame has none
/// @param program without the pid
/// @param pid empty if the frame has none, as for messages logged without `LOG_PID`
/// @param text the message, one space after the frame
public record SyslogLine(
    Optional<Instant> at, Optional<String> host, String program, OptionalInt pid, String text) {
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  /// `Nov 21 10:14:03 `
  private static final int TRADITIONAL_LENGTH = 16;

  /// How far the clock of the logging host may be ahead before a line counts as last year's.
  private static final Duration AHEAD = Duration.ofDays(1);

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  /// Parses a line.
  ///
  /// A traditional time has neither year nor zone. The year is the latest that dates the line no
  /// more than a day after the reference, which is now for a live log. In the hour that is repeated
  /// when summer time ends, the later instant that is not after the reference counts.
  ///
  /// @param line without its line end
  /// @param zone the zone of traditional times: the host's
  /// @return empty if there is no frame
  public static Optional<SyslogLine> parse(String line, Instant reference, ZoneId zone) {
    String rest = withoutPriority(line);
    if (rest.startsWith("1 ")) {
      return rfc5424(rest);
    }
    var traditional = traditionalTime(rest, reference, zone);
    if (traditional.isPresent()) {
      return tagged(traditional, rest.substring(TRADITIONAL_LENGTH));
    }
    int end = rest.indexOf(' ');
    var iso = end < 0 ? Optional.<Instant>empty() : isoTime(rest.substring(0, end));
    return iso.isPresent() ? tagged(iso, rest.substring(end + 1)) : Optional.empty();
  }

  private static String withoutPriority(String line) {
    int end = line.startsWith("<") ? line.indexOf('>') : -1;
    return end >= 2 && end <= 4 && isNumber(line, 1, end) ? line.substring(end + 1) : line;
  }

  /// `[HOST [FACILITY.LEVEL ]]PROGRAM[\[PID]]: text`
  private static Optional<SyslogLine> tagged(Optional<Instant> at, String rest) {
    int start = 0;
    for (int words = 0; words < 3; words++) {
      int end = rest.indexOf(' ', start);
      int tagEnd = end < 0 ? rest.length() : end;
      if (tagEnd - start > 1 && rest.charAt(tagEnd - 1) == ':') {
        var host =
            start == 0
                ? Optional.<String>empty()
                : Optional.of(rest.substring(0, rest.indexOf(' ')));
        return tagged(
            at, host, rest.substring(start, tagEnd - 1), end < 0 ? "" : rest.substring(end + 1));
      }
      boolean level = words == 1 && rest.substring(start, tagEnd).indexOf('.') > 0;
      if (end < 0 || (words == 1 && !level)) {
        return Optional.empty();
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  private static Optional<SyslogLine> tagged(
      Optional<Instant> at, Optional<String> host, String tag, String text) {
    int bracket = tag.indexOf('[');
    if (bracket <= 0 || !tag.endsWith("]")) {
      return Optional.of(new SyslogLine(at, host, tag, OptionalInt.empty(), text));
    }
    return Optional.of(
        new SyslogLine(
            at,
            host,
            tag.substring(0, bracket),
            pid(tag.substring(bracket + 1, tag.length() - 1)),
            text));
  }

  /// `1 TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA[ MSG]`, RFC 5424 section 6.
  private static Optional<SyslogLine> rfc5424(String rest) {
    String[] words = rest.split(" ", 7);
    if (words.length < 7) {
      return Optional.empty();
    }
    var at = isoTime(words[1]);
    int end = structuredDataEnd(words[6]);
    if (end < 0 || (at.isEmpty() && !words[1].equals("-"))) {
      return Optional.empty();
    }
    String text = end == words[6].length() ? "" : words[6].substring(end + 1);
    var host = Optional.of(words[2]).filter(name -> !name.equals("-"));
    return Optional.of(
        new SyslogLine(
            at,
            host,
            words[3],
            pid(words[4]),
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

  private static Optional<Instant> isoTime(String word) {
    // Avoids an exception for each line of another format.
    if (word.length() < 20 || word.length() > 40 || word.charAt(10) != 'T') {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(word, ISO).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> traditionalTime(String s, Instant reference, ZoneId zone) {
    if (s.length() < TRADITIONAL_LENGTH
        || s.charAt(3) != ' '
        || s.charAt(6) != ' '
        || s.charAt(9) != ':'
        || s.charAt(12) != ':'
        || s.charAt(15) != ' ') {
      return Optional.empty();
    }
    int month = MONTHS.indexOf(s.substring(0, 3)) + 1;
    int dayStart = s.charAt(4) == ' ' ? 5 : 4;
    if (month == 0
        || !isNumber(s, dayStart, 6)
        || !isNumber(s, 7, 9)
        || !isNumber(s, 10, 12)
        || !isNumber(s, 13, 15)) {
      return Optional.empty();
    }
    try {
      // A leap second is written as :60.
      var time =
          LocalTime.of(
              Integer.parseInt(s, 7, 9, 10),
              Integer.parseInt(s, 10, 12, 10),
              Math.min(59, Integer.parseInt(s, 13, 15, 10)));
      return resolve(
          MonthDay.of(month, Integer.parseInt(s, dayStart, 6, 10)), time, reference, zone);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> resolve(
      MonthDay day, LocalTime time, Instant reference, ZoneId zone) {
    int year = reference.atZone(zone).getYear() + 1;
    // Two leap days are at most eight years apart (1896 and 1904).
    for (int earliest = year - 10; year > earliest; year--) {
      if (day.isValidYear(year)) {
        var at = instant(LocalDateTime.of(day.atYear(year), time), reference, zone);
        if (!at.isAfter(reference.plus(AHEAD))) {
          return Optional.of(at);
        }
      }
    }
    return Optional.empty();
  }

  private static Instant instant(LocalDateTime local, Instant reference, ZoneId zone) {
    var earlier = local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    var later = local.atZone(zone).withLaterOffsetAtOverlap().toInstant();
    return later.isAfter(reference) ? earlier : later;
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
