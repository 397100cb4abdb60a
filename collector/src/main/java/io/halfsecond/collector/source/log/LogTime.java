package io.halfsecond.collector.source.log;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// The time at the beginning of a log line, in one of these forms:
/// - `Nov 21 10:14:03`, with the day padded or not: RFC 3164;
/// - `Nov 21 10:14:03.123`: syslog-ng's `frac_digits`, `journalctl -o short-precise`;
/// - `Nov 21 2026 10:14:03`, `2026 Nov 21 10:14:03`, `Nov 21 10:14:03 2026`: network devices,
///   ctime;
/// - `2026-11-21T10:14:03.123+01:00`: RFC 3339;
/// - `2026-11-21 10:14:03,123 +0100`: other forms of ISO 8601, without a zone too;
/// - `Sat 2026-11-21 10:14:03 CET`: `journalctl -o short-full`;
/// - `1795255443.123456`: `journalctl -o short-unix`.
///
/// The parts combine: a day of the week may stand before every date, a fraction after every time of
/// day, and a zone after that.
///
/// **Guarantees** it never throws and takes time linear in the length of the line.
///
/// @param end where the time ends
record LogTime(Instant at, int end) {
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private static final List<String> WEEKDAYS =
      List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  /// Hours east of Greenwich: the names in RFC 5322, section 4.3, and Europe's. Others mean several
  /// zones, such as IST, and count only as a name of the calendar's own zone.
  private static final Map<String, Integer> ZONES =
      Map.ofEntries(
          Map.entry("Z", 0),
          Map.entry("UTC", 0),
          Map.entry("GMT", 0),
          Map.entry("EDT", -4),
          Map.entry("EST", -5),
          Map.entry("CDT", -5),
          Map.entry("CST", -6),
          Map.entry("MDT", -6),
          Map.entry("MST", -7),
          Map.entry("PDT", -7),
          Map.entry("PST", -8),
          Map.entry("WET", 0),
          Map.entry("WEST", 1),
          Map.entry("CET", 1),
          Map.entry("CEST", 2),
          Map.entry("EET", 2),
          Map.entry("EEST", 3));

  private static final int LONGEST_ZONE = 5;

  /// @return empty if the text does not begin with a time
  static Optional<LogTime> parse(String text, LogCalendar calendar) {
    var in = new TextCursor(text);
    try {
      return epoch(in).or(() -> civil(in, calendar)).map(at -> new LogTime(at, in.at()));
    } catch (DateTimeException _) {
      // No such day, hour or zone.
      return Optional.empty();
    }
  }

  /// Seconds since the epoch, of 2001 or later: ten digits.
  private static Optional<Instant> epoch(TextCursor in) {
    int start = in.at();
    long seconds = in.number(10, 10);
    if (seconds >= 0) {
      return Optional.of(Instant.ofEpochSecond(seconds, in.fraction()));
    }
    in.moveTo(start);
    return Optional.empty();
  }

  private static Optional<Instant> civil(TextCursor in, LogCalendar calendar) {
    if (in.word(WEEKDAYS) >= 0) {
      in.skip(',');
      in.skip(' ');
    }
    var date = isoDate(in).or(() -> namedDate(in));
    var time = date.isEmpty() ? Optional.<LocalTime>empty() : time(in);
    if (date.isEmpty() || time.isEmpty()) {
      return Optional.empty();
    }
    var year = date.get().year().isPresent() ? date.get().year() : yearAfter(in);
    var instantOf = zone(in, calendar);
    var day = date.get().day();
    return year.isPresent()
        ? Optional.of(year.getAsInt())
            .filter(day::isValidYear)
            .map(known -> instantOf.apply(day.atYear(known).atTime(time.get())))
        : calendar.at(day, time.get(), instantOf);
  }

  private record Date(OptionalInt year, MonthDay day) {}

  /// `2026-11-21T`, or a blank for the T.
  private static Optional<Date> isoDate(TextCursor in) {
    int start = in.at();
    int year = (int) in.number(4, 4);
    if (year >= 0 && in.skip('-')) {
      int month = (int) in.number(2, 2);
      int day = month >= 0 && in.skip('-') ? (int) in.number(2, 2) : -1;
      if (day >= 0 && (in.skip('T') || in.skip(' '))) {
        return Optional.of(new Date(OptionalInt.of(year), MonthDay.of(month, day)));
      }
    }
    in.moveTo(start);
    return Optional.empty();
  }

  /// `[2026 ]Nov 21 [2026 ]`
  private static Optional<Date> namedDate(TextCursor in) {
    var year = in.year();
    int month = in.word(MONTHS) + 1;
    if (month == 0 || !in.skip(' ')) {
      return Optional.empty();
    }
    in.skip(' ');
    int day = (int) in.number(1, 2);
    if (day < 0 || !in.skip(' ')) {
      return Optional.empty();
    }
    return Optional.of(new Date(year.isPresent() ? year : in.year(), MonthDay.of(month, day)));
  }

  private static Optional<LocalTime> time(TextCursor in) {
    int hour = (int) in.number(2, 2);
    int minute = hour >= 0 && in.skip(':') ? (int) in.number(2, 2) : -1;
    int second = minute >= 0 && in.skip(':') ? (int) in.number(2, 2) : -1;
    if (second < 0) {
      return Optional.empty();
    }
    // A leap second is written as :60.
    return Optional.of(LocalTime.of(hour, minute, second == 60 ? 59 : second, in.fraction()));
  }

  /// ` 2026` before a blank
  private static OptionalInt yearAfter(TextCursor in) {
    int start = in.at();
    var year = in.skip(' ') ? in.year() : OptionalInt.empty();
    // The blank belongs to the rest of the line.
    in.moveTo(year.isPresent() ? in.at() - 1 : start);
    if (year.isPresent() && in.isBeforeTag()) {
      // It is the host.
      in.moveTo(start);
      return OptionalInt.empty();
    }
    return year;
  }

  /// `Z`, `+01`, `+0100`, `+01:00` or a name; a blank may precede it.
  private static Function<LocalDateTime, Instant> zone(TextCursor in, LogCalendar calendar) {
    int start = in.at();
    boolean apart = in.skip(' ');
    var offset = in.offset();
    if (offset.isPresent()) {
      return local -> local.toInstant(offset.get());
    }
    var name = in.capitals(LONGEST_ZONE);
    // The last word of a line is no zone, nor is the one before the tag: it is the host.
    boolean complete = (in.isAt(' ') && !(apart && in.isBeforeTag())) || (in.isAtEnd() && !apart);
    if (complete && calendar.isName(name)) {
      return local -> calendar.instantOf(local, name);
    }
    var hours = Optional.ofNullable(ZONES.get(name));
    if (complete && hours.isPresent()) {
      return local -> local.toInstant(ZoneOffset.ofHours(hours.get()));
    }
    in.moveTo(start);
    return calendar::instantOf;
  }
}
