package io.halfsecond.collector.source.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// The formats of stored logs.
public enum LogFormat {
  /** The file of a syslog daemon, see [SyslogLine]. */
  SYSLOG,
  /** `journalctl -o json`. */
  JOURNAL_JSON,
  /** `journalctl -o export`. */
  JOURNAL_EXPORT;

  /// How many bytes at the start of a file determine its format: the longest entry of a journal.
  public static final int HEAD_BYTES = JournalEntry.MAX_BYTES;

  /// A file may begin with the rest of a line, or with several lines of some program.
  private static final int HEAD_LINES = 100;

  private static final String EXPORT_BEGINS = "__CURSOR=";
  private static final String EXPORT_TIME = "__REALTIME_TIMESTAMP=";
  private static final int SHOWN_CHARS = 60;

  /// What the start of a file shows.
  ///
  /// @param firstAt the time of the first line with a time
  public record Head(LogFormat format, Optional<Instant> firstAt) {}

  /// @param head the first [#HEAD_BYTES] of the file, or all of it
  /// @return empty if it has none of these formats
  public static Optional<Head> of(byte[] head, LogCalendar calendar) {
    var lines = lines(head);
    if (lines.getFirst().startsWith(EXPORT_BEGINS)) {
      return Optional.of(
          new Head(
              JOURNAL_EXPORT,
              lines.stream()
                  .filter(line -> line.startsWith(EXPORT_TIME))
                  .findFirst()
                  .flatMap(line -> micros(line.substring(EXPORT_TIME.length())))));
    }
    if (lines.getFirst().startsWith("{")) {
      return lines.stream()
          .flatMap(line -> JournalEntry.parse(line.getBytes(StandardCharsets.UTF_8)).stream())
          .findFirst()
          .map(
              entry ->
                  new Head(
                      JOURNAL_JSON,
                      entry.realtimeMicros().stream().boxed().map(LogFormat::instant).findFirst()));
    }
    var framed = lines.stream().flatMap(line -> SyslogLine.parse(line, calendar).stream()).toList();
    return framed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Head(SYSLOG, framed.stream().flatMap(line -> line.at().stream()).findFirst()));
  }

  /// The first line of a file of another format, for a message: letters as `a` and `A`, digits as
  /// `0`, because the line may contain names.
  public static String shapeOf(byte[] head) {
    var shape = new StringBuilder();
    lines(head).getFirst().codePoints().limit(SHOWN_CHARS).forEach(c -> shape.append(shapeOf(c)));
    return shape.toString();
  }

  private static char shapeOf(int c) {
    if (Character.isDigit(c)) {
      return '0';
    }
    if (Character.isLetter(c)) {
      return Character.isUpperCase(c) ? 'A' : 'a';
    }
    return c >= ' ' && c <= '~' ? (char) c : '?';
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static Optional<Instant> micros(String digits) {
    try {
      return Optional.of(instant(Long.parseLong(digits)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static List<String> lines(byte[] head) {
    var text = new String(head, StandardCharsets.UTF_8);
    var lines = text.lines().limit(HEAD_LINES).toList();
    return lines.isEmpty() ? List.of("") : lines;
  }
}
