package io.halfsecond.deploy.push;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What became of an attempt to deliver a step.
public sealed interface Outcome {
  /// The receiver has it.
  record Delivered() implements Outcome {}

  /// The receiver refuses this very step, and would refuse it again.
  record GivenUp(String why) implements Outcome {}

  /// It may succeed later.
  ///
  /// @param pause that the receiver asks for
  record Failed(String why, Optional<Duration> pause) implements Outcome {}

  /// Statuses that are about the content of the request. Others, such as 401 or 404, are about the
  /// address or the secret: every step would be refused, until a person has mended that.
  Set<Integer> ABOUT_THE_CONTENT = Set.of(400, 413, 414, 415, 422, 431);

  Duration LONGEST_ASKED_FOR = Duration.ofHours(1);
  Duration FIRST_PAUSE = Duration.ofSeconds(1);
  Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  Pattern SECONDS = Pattern.compile("\\d{1,9}");

  /// @param retryAfter the header of that name (RFC 9110, 10.2.3): seconds or a date
  static Outcome of(int status, Optional<String> retryAfter, Instant now) {
    if (status >= 200 && status < 300) {
      return new Delivered();
    }
    var why = "HTTP status " + status;
    return ABOUT_THE_CONTENT.contains(status)
        ? new GivenUp(why)
        : new Failed(why, retryAfter.flatMap(text -> pause(text, now)));
  }

  private static Optional<Duration> pause(String text, Instant now) {
    try {
      var asked =
          SECONDS.matcher(text).matches()
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  now,
                  ZonedDateTime.parse(
                          text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                      .toInstant());
      return asked.isNegative()
          ? Optional.empty()
          : Optional.of(asked.compareTo(LONGEST_ASKED_FOR) > 0 ? LONGEST_ASKED_FOR : asked);
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  /// The pause before the next attempt if the receiver asks for none: twice as long each time.
  ///
  /// @param failures so far, at least 1
  static Duration pause(int failures) {
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
