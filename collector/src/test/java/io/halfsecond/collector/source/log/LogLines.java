package io.halfsecond.collector.source.log;

import java.util.List;
import java.util.function.IntFunction;

/// Writes the lines that sshd would write with a template.
final class LogLines {
  static final String USER = "alice";
  static final String ADDRESS = "192.0.2.66";
  static final int PORT = 6666;

  private LogLines() {}

  /// A line with harmless values.
  static String of(LogTemplate template) {
    return of(template, at -> value(template.fields().get(at)));
  }

  /// A line with the values of fields by their place.
  static String of(LogTemplate template, IntFunction<String> values) {
    List<String> literals = template.literals();
    var line = new StringBuilder(literals.getFirst());
    for (int i = 0; i < template.fields().size(); i++) {
      line.append(values.apply(i)).append(literals.get(i + 1));
    }
    return line.toString();
  }

  static String value(LogField field) {
    return switch (field) {
      case USER -> USER;
      case TEXT, OWN -> "x";
      case ERROR -> "Broken pipe";
      case ADDRESS, HOST -> ADDRESS;
      case PORT -> String.valueOf(PORT);
      case PID, NUMBER -> "4711";
      case WORD -> "RSA";
      case METHOD -> "password";
      case GSS_METHOD -> "gssapi-with-mic";
      case FINGERPRINT, KEY -> "SHA256:hzTDGbmbEEXAAmUNLJCou94vkkLoD4O4YjkGdOLwekI";
      case INVALID -> "invalid user ";
      case ILLEGAL -> "illegal user ";
      case PAM_ERROR -> "Authentication failure";
    };
  }
}
