package io.halfsecond.collector.source.log;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.Year;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Function;

/// What completes a time that was logged without its year or zone.
///
/// @param zone of times without one: the host's
/// @param reference an instant when the lines had been written; now for a live log
/// @param year of times without one; empty takes the latest that dates a line no more than a day
///   after the reference
public record LogCalendar(ZoneId zone, Instant reference, Optional<Year> year) {
  /// How far the clock of the logging host may be ahead before a line counts as last year's.
  static final Duration AHEAD = Duration.ofDays(1);

  /// The year follows from the reference.
  public static LogCalendar of(ZoneId zone, Instant reference) {
    return new LogCalendar(zone, reference, Optional.empty());
  }

  /// @param instantOf gives the instant of a local time
  /// @return empty if the year has no such day
  Optional<Instant> at(MonthDay day, LocalTime time, Function<LocalDateTime, Instant> instantOf) {
    if (year.isPresent()) {
      return year.filter(only -> only.isValidMonthDay(day))
          .map(only -> instantOf.apply(only.atMonthDay(day).atTime(time)));
    }
    int latest = reference.atZone(zone).getYear() + 1;
    // Two leap days are at most eight years apart (1896 and 1904).
    for (int candidate = latest; candidate > latest - 10; candidate--) {
      if (day.isValidYear(candidate)) {
        var at = instantOf.apply(day.atYear(candidate).atTime(time));
        if (!at.isAfter(reference.plus(AHEAD))) {
          return Optional.of(at);
        }
      }
    }
    return Optional.empty();
  }

  /// In the hour that is repeated when summer time ends, the later instant that is not after the
  /// reference counts.
  Instant instantOf(LocalDateTime local) {
    var earlier = local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    var later = local.atZone(zone).withLaterOffsetAtOverlap().toInstant();
    return later.isAfter(reference) ? earlier : later;
  }

  /// Whether this is how the zone is called in winter or in summer, such as `CET` or `CEST`.
  boolean isName(String name) {
    return name.equals(name(false)) || name.equals(name(true));
  }

  /// @param name of the zone in winter or in summer, which tells the two passes of a repeated hour
  ///   apart
  Instant instantOf(LocalDateTime local, String name) {
    boolean same = name(false).equals(name(true));
    return zone.getRules().getValidOffsets(local).stream()
        .map(local::toInstant)
        .filter(at -> !same && name.equals(name(zone.getRules().isDaylightSavings(at))))
        .findFirst()
        .orElseGet(() -> instantOf(local));
  }

  private String name(boolean summer) {
    return TimeZone.getTimeZone(zone).getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
  }
}
