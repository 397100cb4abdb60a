package io.halfsecond.collector.source.log;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A place in a text, which moves over what is read from it. It stays where it is if the text has
/// something else there.
final class TextCursor {
  private static final int EARLIEST_YEAR = 1970;
  private static final int NANO_DIGITS = 9;

  private final String text;
  private int at;

  TextCursor(String text) {
    this.text = text;
  }

  int at() {
    return at;
  }

  void moveTo(int place) {
    at = place;
  }

  boolean isAtEnd() {
    return at == text.length();
  }

  boolean isAt(char c) {
    return !isAtEnd() && text.charAt(at) == c;
  }

  private boolean isDigit(int place) {
    return place < text.length() && text.charAt(place) >= '0' && text.charAt(place) <= '9';
  }

  boolean skip(char c) {
    boolean found = isAt(c);
    at += found ? 1 : 0;
    return found;
  }

  /// @return -1 if there is no number of so many digits
  long number(int least, int most) {
    int end = at;
    while (end - at < most && isDigit(end)) {
      end++;
    }
    if (end - at < least || isDigit(end)) {
      return -1;
    }
    long number = Long.parseLong(text, at, end, 10);
    at = end;
    return number;
  }

  /// Nanoseconds: `.123` or `,123`, none if nothing of the kind follows.
  int fraction() {
    if (!skip('.') && !skip(',')) {
      return 0;
    }
    int nanos = 0;
    int digits = 0;
    for (; isDigit(at); at++, digits++) {
      nanos = digits < NANO_DIGITS ? nanos * 10 + (text.charAt(at) - '0') : nanos;
    }
    for (; digits < NANO_DIGITS; digits++) {
      nanos *= 10;
    }
    return nanos;
  }

  /// `2026 `
  OptionalInt year() {
    int start = at;
    int year = (int) number(4, 4);
    if (year >= EARLIEST_YEAR && skip(' ')) {
      return OptionalInt.of(year);
    }
    at = start;
    return OptionalInt.empty();
  }

  Optional<ZoneOffset> offset() {
    int start = at;
    boolean west = skip('-');
    if (west || skip('+')) {
      int hours = (int) number(2, 2);
      if (hours < 0) {
        at = start + 1;
        int both = (int) number(4, 4);
        if (both >= 0) {
          return Optional.of(offset(west, both / 100, both % 100));
        }
      } else if (!skip(':')) {
        return Optional.of(offset(west, hours, 0));
      } else {
        int minutes = (int) number(2, 2);
        if (minutes >= 0) {
          return Optional.of(offset(west, hours, minutes));
        }
      }
    }
    at = start;
    return Optional.empty();
  }

  private static ZoneOffset offset(boolean west, int hours, int minutes) {
    int sign = west ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
  }

  /// Whether a blank and the tag of a syslog message come next: `sshd[123]:` or `sshd:`.
  boolean isBeforeTag() {
    int end = isAt(' ') ? text.indexOf(' ', at + 1) : -1;
    var word = end < 0 ? "" : text.substring(at + 1, end);
    return word.length() > 1 && word.endsWith(":");
  }

  String capitals(int most) {
    int start = at;
    while (!isAtEnd() && at - start <= most && text.charAt(at) >= 'A' && text.charAt(at) <= 'Z') {
      at++;
    }
    return text.substring(start, at);
  }

  /// @return which of the words stands here; -1 if none does
  int word(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (text.startsWith(words.get(i), at)) {
        at += words.get(i).length();
        return i;
      }
    }
    return -1;
  }
}
