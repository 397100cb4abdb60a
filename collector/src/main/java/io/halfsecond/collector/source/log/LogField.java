package io.halfsecond.collector.source.log;

import java.util.OptionalInt;

/// What stands at a place of a log template: how far it extends, and whether the text is one.
///
/// A field is either *bounded*: its end follows from its characters, seen from the left or from the
/// right. Or it is *free*: it ends where the next bounded text of the template begins.
enum LogField {
  /// A user name: chosen by the client, any text, also none.
  USER(true),
  /// Any text, which the client may have chosen.
  TEXT(true),
  /// Any text of sshd's or the administrator's, which the client does not choose.
  OWN(true),
  /// The text of an error code. None contains the address of a client.
  ERROR(true),
  /// A numeric address, or the `UNKNOWN` that sshd logs if its input is not a socket.
  ADDRESS(false),
  /// A numeric address or a name.
  HOST(false),
  PORT(false),
  PID(false),
  /// A decimal number.
  NUMBER(false),
  /// Characters other than blanks.
  WORD(false),
  METHOD(false),
  /// A method whose lines end in text of its own.
  GSS_METHOD(false),
  /// `SHA256:…`, `MD5:…`, or the sixteen bytes that OpenSSH until 6.7 printed without a prefix.
  FINGERPRINT(false),
  /// The fingerprint of the key that the client has, and not that of an authority.
  KEY(false),
  /// `invalid user ` or nothing.
  INVALID(false),
  /// `illegal user ` or nothing.
  ILLEGAL(false),
  /// An error of PAM, up to ` for `.
  PAM_ERROR(false);

  /// The longest numeric address is 45 characters, an interface name of 15 may follow `%`.
  private static final int MAX_ADDRESS = 64;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_DIGITS = 10;
  private static final int MD5_CHARS = 47;
  private static final String UNKNOWN = "UNKNOWN";

  /// The errors of Linux-PAM that contain the words that end them.
  private static final String[] PAM_ERRORS_WITH_FOR = {
    "Have exhausted maximum number of retries for service",
    "Cannot make/remove an entry for the specified session"
  };

  final boolean free;

  LogField(boolean free) {
    this.free = free;
  }

  /// Whether a message can be made of this field.
  boolean captured() {
    return switch (this) {
      case USER, ADDRESS, HOST, PORT, PID, METHOD, GSS_METHOD, KEY, INVALID, ILLEGAL -> true;
      case TEXT, OWN, ERROR, NUMBER, WORD, FINGERPRINT, PAM_ERROR -> false;
    };
  }

  /// Whether a text can be that of a free field.
  boolean mayBe(String s, int start, int end) {
    int port = this == ERROR ? s.indexOf(" port ", start) : -1;
    return port < 0 || port >= end;
  }

  /// Where a bounded field ends that begins at `start`; negative if there is none.
  ///
  /// @param next the literal behind it; empty at the end of the line and before another field
  int end(String s, int start, String next) {
    int end =
        switch (this) {
          case INVALID -> s.startsWith("invalid user ", start) ? start + 13 : start;
          case ILLEGAL -> s.startsWith("illegal user ", start) ? start + 13 : start;
          case PAM_ERROR -> endOfPamError(s, start);
          case PORT, PID, NUMBER -> endOfDigits(s, start);
          case ADDRESS -> endOfAddress(s, start, next);
          case WORD, HOST -> endOfWord(s, start, next);
          case METHOD, GSS_METHOD -> endOfWord(s, start, " ");
          case FINGERPRINT, KEY -> endOfFingerprint(s, start);
          case USER, TEXT, OWN, ERROR -> -1;
        };
    return end >= 0 && is(s, start, end) ? end : -1;
  }

  /// Where a bounded field begins that ends at `end`; negative if there is none.
  int start(String s, int end) {
    int start =
        switch (this) {
          case PORT, PID, NUMBER -> startOfDigits(s, end);
          case FINGERPRINT, KEY -> startOfFingerprint(s, end);
          case ADDRESS -> startOfAddress(s, end);
          case HOST, WORD, METHOD, GSS_METHOD -> s.lastIndexOf(' ', end - 1) + 1;
          case INVALID, ILLEGAL, PAM_ERROR, USER, TEXT, OWN, ERROR -> -1;
        };
    return start >= 0 && is(s, start, end) ? start : -1;
  }

  private boolean is(String s, int start, int end) {
    return switch (this) {
      case ADDRESS -> isAddress(s, start, end);
      case PORT -> number(s, start, end, MAX_PORT).isPresent();
      case PID -> number(s, start, end, Integer.MAX_VALUE).isPresent();
      case NUMBER, WORD, HOST, METHOD -> end > start;
      case GSS_METHOD -> s.startsWith("gssapi", start) || s.startsWith("hostbased", start);
      case FINGERPRINT, KEY ->
          s.startsWith("SHA256:", start)
              || s.startsWith("MD5:", start)
              || (end - start == MD5_CHARS && s.charAt(start + 2) == ':');
      case INVALID, ILLEGAL, PAM_ERROR, USER, TEXT, OWN, ERROR -> true;
    };
  }

  private static int endOfPamError(String s, int start) {
    for (var error : PAM_ERRORS_WITH_FOR) {
      if (s.startsWith(error, start)) {
        return start + error.length();
      }
    }
    return s.indexOf(" for ", start);
  }

  private static int endOfDigits(String s, int start) {
    int end = start;
    while (end < s.length() && isOfNumber(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int startOfDigits(String s, int end) {
    int start = end;
    while (start > 0 && isOfNumber(s.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static boolean isOfNumber(char c) {
    return isDigit(c) || c == '-';
  }

  private static int startOfFingerprint(String s, int end) {
    int start = end;
    while (start > 0 && isFingerprint(s.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int startOfAddress(String s, int end) {
    int start = s.lastIndexOf(' ', end - 1) + 1;
    return s.startsWith("(", start) ? start + 1 : start;
  }

  private static int endOfFingerprint(String s, int start) {
    int end = start;
    while (end < s.length() && isFingerprint(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isFingerprint(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || c == '+'
        || c == '/'
        || c == '='
        || c == ':';
  }

  private static int endOfAddress(String s, int start, String next) {
    if (s.startsWith(UNKNOWN, start)) {
      return start + UNKNOWN.length();
    }
    int end = start;
    while (end < s.length() && end - start <= MAX_ADDRESS && isHexOrSeparator(s.charAt(end))) {
      end++;
    }
    if (end < s.length() && s.charAt(end) == '%') {
      end = endOfInterface(s, end);
    }
    // A colon behind an address looks like a part of it.
    return next.startsWith(":") && end > start && s.charAt(end - 1) == ':' ? end - 1 : end;
  }

  private static int endOfInterface(String s, int start) {
    int end = start;
    while (end < s.length() && " ]),".indexOf(s.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean isHexOrSeparator(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
  }

  private static int endOfWord(String s, int start, String next) {
    int blank = s.indexOf(' ', start);
    int end = blank < 0 ? s.length() : blank;
    if (next.isEmpty() || next.startsWith(" ")) {
      return end;
    }
    int literal = s.indexOf(next, start);
    return literal <= end ? literal : -1;
  }

  static boolean isAddress(String s, int start, int end) {
    int length = end - start;
    if (length < 2 || length > MAX_ADDRESS) {
      return false;
    }
    if (length == UNKNOWN.length() && s.startsWith(UNKNOWN, start)) {
      return true;
    }
    boolean separator = false;
    for (int i = start; i < end; i++) {
      char c = s.charAt(i);
      if (c == '%') {
        return separator;
      }
      if (!isHexOrSeparator(c)) {
        return false;
      }
      separator |= c == '.' || c == ':';
    }
    return separator;
  }

  /// The value of one to ten decimal digits.
  static OptionalInt number(String s, int start, int end, int max) {
    if (start < 0 || end <= start || end - start > MAX_DIGITS) {
      return OptionalInt.empty();
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      if (!isDigit(s.charAt(i))) {
        return OptionalInt.empty();
      }
      value = value * 10 + (s.charAt(i) - '0');
    }
    return value <= max ? OptionalInt.of((int) value) : OptionalInt.empty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
