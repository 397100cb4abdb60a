package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The notation of templates. A field in braces is a [LogField]; some stand for several forms:
///
/// - `{result}`: the verb of an authentication
/// - `{named}`: a client with its user, as sshpkt_fmt_connection_id in packet.c names it after
///   auth2.c has set the log preamble: `[invalid |authenticating ]user USER ADDRESS port N`
/// - `{peer}`: the same, or `ADDRESS port N`
///
/// A template of the sources has the conversions of printf, and `%m` for the text of an error.
final class LogPattern {
  private final List<String> literals = new ArrayList<>();
  private final List<LogField> fields = new ArrayList<>();
  private final StringBuilder literal = new StringBuilder();

  private LogPattern() {}

  /// The forms of a pattern with fields in braces.
  static List<LogTemplate> ofReading(String pattern) {
    var forms = new ArrayList<LogTemplate>();
    if (pattern.contains("{result}")) {
      for (var result : AuthResult.values()) {
        forms.add(braces(pattern.replace("{result}", verb(result)), Standing.UNNAMED, result));
      }
      return forms;
    }
    if (pattern.contains("{peer}") || pattern.contains("{named}")) {
      for (var standing : Standing.values()) {
        if (standing != Standing.UNNAMED || pattern.contains("{peer}")) {
          var client = client(standing);
          forms.add(
              braces(
                  pattern.replace("{peer}", client).replace("{named}", client),
                  standing,
                  AuthResult.FAILED));
        }
      }
      return forms;
    }
    forms.add(braces(pattern, Standing.UNNAMED, resultOf(pattern)));
    return forms;
  }

  private static String verb(AuthResult result) {
    return switch (result) {
      case ACCEPTED -> "Accepted";
      case FAILED -> "Failed";
      case PARTIAL -> "Partial";
      case POSTPONED -> "Postponed";
    };
  }

  private static AuthResult resultOf(String pattern) {
    return pattern.startsWith(verb(AuthResult.ACCEPTED)) ? AuthResult.ACCEPTED : AuthResult.FAILED;
  }

  private static String client(Standing standing) {
    return switch (standing) {
      case UNNAMED -> "{address} port {port}";
      case INVALID -> "invalid user {user} {address} port {port}";
      case AUTHENTICATING -> "authenticating user {user} {address} port {port}";
      case AUTHENTICATED -> "user {user} {address} port {port}";
    };
  }

  private static LogTemplate braces(String pattern, Standing standing, AuthResult result) {
    var read = new LogPattern();
    int at = 0;
    for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
      int close = pattern.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("no } in " + pattern);
      }
      read.literal.append(pattern, at, open);
      read.field(LogField.valueOf(pattern.substring(open + 1, close).toUpperCase(Locale.ROOT)));
      at = close + 1;
    }
    read.literal.append(pattern, at, pattern.length());
    return read.template(standing, result);
  }

  /// A template as in the sources. What a string of it contains is not known, so the client may
  /// have chosen it.
  static LogTemplate ofFormat(String format) {
    var read = new LogPattern();
    for (int at = 0; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c != '%') {
        read.literal.append(c);
      } else if (format.startsWith("%%", at)) {
        read.literal.append(c);
        at++;
      } else {
        int end = at + 1;
        while (!isConversion(format.charAt(end))) {
          end++;
        }
        read.field(field(format.substring(at, end + 1)));
        at = end;
      }
    }
    return read.template(Standing.UNNAMED, AuthResult.FAILED);
  }

  private static boolean isConversion(char c) {
    return Character.isLetter(c) && "hljzt".indexOf(c) < 0;
  }

  private static LogField field(String conversion) {
    return switch (conversion) {
      case "%d", "%i", "%u", "%ld", "%lu", "%lld", "%llu", "%zu", "%zd" -> LogField.NUMBER;
      case "%m" -> LogField.ERROR;
      default -> conversion.endsWith("s") ? LogField.TEXT : LogField.OWN;
    };
  }

  private void field(LogField field) {
    literals.add(literal.toString());
    literal.setLength(0);
    fields.add(field);
  }

  private LogTemplate template(Standing standing, AuthResult result) {
    if (literal.toString().endsWith(" ")) {
      // Log daemons differ in whether they keep a blank at the end.
      var end = literal.toString().stripTrailing();
      literal.setLength(0);
      literal.append(end);
      field(LogField.OWN);
    }
    literals.add(literal.toString());
    return new LogTemplate(literals, fields, standing, result);
  }
}
