package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// One form of a log template: literals and fields in turn.
///
/// **Guarantees** it reads every line that sshd can write with the template, whatever the client
/// put into the free fields; in linear time. The text before the first free field is read from the
/// left, the text behind the last one from the right. Between two free fields there may be bounded
/// ones, such as an address between a user name and a key id: these are looked for, and found twice
/// they make the line ambiguous, unless the client did not choose the text behind them.
final class LogTemplate {
  private final String[] literals;
  private final LogField[] fields;
  private final Standing standing;
  private final AuthResult result;

  /// The longest literal in the middle: most templates that are tried fail for it.
  private final String needed;

  /// The fields' indexes of the first free one, of the next one behind which nothing is needed, and
  /// of the last; none if there is no free field.
  private final int first;

  private final int next;
  private final int last;
  private final boolean trustedEnd;
  private final boolean trustedTail;

  /// @param literals one more than the fields: before, between and behind them
  LogTemplate(List<String> literals, List<LogField> fields, Standing standing, AuthResult result) {
    this.literals = literals.toArray(String[]::new);
    this.fields = fields.toArray(LogField[]::new);
    this.standing = standing;
    this.result = result;
    int firstFree = -1;
    int lastFree = -1;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).free) {
        firstFree = firstFree < 0 ? i : firstFree;
        lastFree = i;
      }
    }
    first = firstFree;
    last = lastFree;
    next = firstFree == lastFree ? lastFree : nextFree();
    needed =
        literals.subList(1, Math.max(1, fields.size())).stream()
            .max(Comparator.comparingInt(String::length))
            .orElse("");
    trustedTail = next >= 0 && fields.subList(next, last + 1).stream().noneMatch(this::chosen);
    trustedEnd = fields.isEmpty() || !chosen(fields.getLast()) || !literals.getLast().isEmpty();
  }

  private boolean chosen(LogField field) {
    return field == LogField.USER || field == LogField.TEXT;
  }

  /// The free field behind the bounded ones that a message needs; the first one if there are none.
  private int nextFree() {
    boolean captured = fields[first].captured();
    for (int i = first + 1; i <= last; i++) {
      if (fields[i].free && captured) {
        return i;
      }
      captured |= fields[i].captured();
    }
    return first;
  }

  /// One more than the fields: before, between and behind them.
  List<String> literals() {
    return List.of(literals);
  }

  List<LogField> fields() {
    return List.of(fields);
  }

  /// The text that every line of this template begins with.
  String prefix() {
    return literals[0];
  }

  /// Whether the end of a line is sshd's own, so that ` [preauth]` behind it is too.
  boolean trustedEnd() {
    return trustedEnd;
  }

  /// How many letters a line must have to be one of this template.
  long letters() {
    return Stream.of(literals).flatMapToInt(String::chars).filter(Character::isLetter).count();
  }

  /// @param line one that begins with [#prefix]
  LogReading read(String line) {
    if (!line.endsWith(literals[literals.length - 1])
        || (next > first && !line.contains(literals[next]))
        || !line.contains(needed)) {
      return LogReading.NONE;
    }
    var reading = new LogReading(line, standing, result);
    int left = bounded(line, prefix().length(), 0, first < 0 ? fields.length : first, reading);
    int right = left < 0 || first < 0 ? line.length() : right(line, reading);
    if (left < 0 || left > right) {
      return LogReading.NONE;
    }
    if (first < 0) {
      return left == right ? reading : LogReading.NONE;
    }
    if (first == last) {
      if (!fields[first].mayBe(line, left, right)) {
        return LogReading.NONE;
      }
      reading.set(fields[first], left, right);
      return reading;
    }
    int tail = latest(line, right);
    if (next == first) {
      return tail >= left ? reading : LogReading.NONE;
    }
    return between(line, left, tail, reading);
  }

  /// Reads bounded fields, each with the literal behind it, from the left.
  ///
  /// @return the end, or a negative number
  private int bounded(String line, int start, int from, int to, LogReading reading) {
    int at = start;
    for (int i = from; i < to; i++) {
      var literal = literals[i + 1];
      int end = fields[i].end(line, at, literal);
      if (end < 0 || !line.startsWith(literal, end)) {
        return -1;
      }
      reading.set(fields[i], at, end);
      at = end + literal.length();
    }
    return at;
  }

  /// Reads what is behind the last free field.
  ///
  /// @return the start, or a negative number
  private int right(String line, LogReading reading) {
    int at = line.length() - literals[literals.length - 1].length();
    for (int i = fields.length - 1; i > last; i--) {
      var literal = literals[i];
      int start = at < 0 ? -1 : fields[i].start(line, at);
      if (start < literal.length() || !line.startsWith(literal, start - literal.length())) {
        return -1;
      }
      reading.set(fields[i], start, at);
      at = start - literal.length();
    }
    return at;
  }

  /// The latest place where the free field `next` may begin, so that the literals up to the last
  /// free field still follow.
  private int latest(String line, int right) {
    int at = right;
    for (int i = last; i > next && at >= 0; i--) {
      var literal = literals[i];
      at = line.lastIndexOf(literal, at - literal.length());
    }
    return at;
  }

  /// Looks for the bounded fields between the first free field and `next`.
  private LogReading between(String line, int left, int tail, LogReading reading) {
    var literal = literals[first + 1];
    int found = -1;
    for (int at = line.indexOf(literal, left);
        at >= 0 && at <= tail;
        at = line.indexOf(literal, at + 1)) {
      int end = bounded(line, at + literal.length(), first + 1, next, reading);
      if (end >= 0 && end <= tail) {
        if (found >= 0 && !trustedTail) {
          return LogReading.AMBIGUOUS;
        }
        found = at;
      }
    }
    if (found < 0) {
      return LogReading.NONE;
    }
    bounded(line, found + literal.length(), first + 1, next, reading);
    reading.set(fields[first], left, found);
    return reading;
  }
}
