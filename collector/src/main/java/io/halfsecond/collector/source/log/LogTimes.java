package io.halfsecond.collector.source.log;

import java.util.Optional;

/// Reads the times of lines that follow each other: most have the time and the host of the line
/// before, and are not read anew.
///
/// **Guarantees** the results of [LogTime#parse]. Not safe for use by several threads.
final class LogTimes {
  /// The beginning of the last line that was read: its time, and the word behind it with the blanks
  /// around it.
  private String beginning = "";

  private Optional<LogTime> time = Optional.empty();
  private Optional<LogCalendar> calendar = Optional.empty();

  /// @return empty if the text does not begin with a time
  Optional<LogTime> parse(String text, LogCalendar by) {
    if (beginning.isEmpty() || !text.startsWith(beginning) || !calendar.equals(Optional.of(by))) {
      time = LogTime.parse(text, by);
      calendar = Optional.of(by);
      beginning = time.map(read -> beginning(text, read.end())).orElse("");
    }
    return time;
  }

  /// What decides which time it is. A word behind it could be a year, a zone or an offset, and what
  /// it is depends on the words behind that, unless it begins with a small letter.
  ///
  /// @return empty if more than the next word may decide
  private static String beginning(String text, int end) {
    if (end + 1 >= text.length() || text.charAt(end + 1) < 'a' || text.charAt(end + 1) > 'z') {
      return "";
    }
    int blank = text.indexOf(' ', end + 1);
    return blank < 0 ? "" : text.substring(0, blank + 1);
  }
}
