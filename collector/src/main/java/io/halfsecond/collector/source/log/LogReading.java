package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Standing;
import java.util.Optional;
import java.util.OptionalInt;

/// What a line says when it is read by one template: the places of its fields.
final class LogReading {
  /// The template does not fit.
  static final LogReading NONE = new LogReading("", Standing.UNNAMED, AuthResult.FAILED);

  /// The template fits in several ways.
  static final LogReading AMBIGUOUS = new LogReading("", Standing.UNNAMED, AuthResult.FAILED);

  private static final String PUBLICKEY = "publickey";

  private final String line;
  private final Standing standing;
  private final AuthResult result;
  private int userStart = -1;
  private int userEnd;
  private int addressStart = -1;
  private int addressEnd;
  private int portStart = -1;
  private int portEnd;
  private int pidStart = -1;
  private int pidEnd;
  private int methodStart;
  private int methodEnd;
  private int keyStart = -1;
  private int keyEnd;
  private boolean invalid;

  LogReading(String line, Standing standing, AuthResult result) {
    this.line = line;
    this.standing = standing;
    this.result = result;
  }

  void set(LogField field, int start, int end) {
    switch (field) {
      case USER -> {
        userStart = start;
        userEnd = end;
      }
      case ADDRESS -> address(start, end);
      case HOST -> {
        if (LogField.isAddress(line, start, end)) {
          address(start, end);
        }
      }
      case PORT -> {
        portStart = start;
        portEnd = end;
      }
      case PID -> {
        pidStart = start;
        pidEnd = end;
      }
      case METHOD, GSS_METHOD -> {
        methodStart = start;
        methodEnd = end;
      }
      case KEY -> {
        keyStart = start;
        keyEnd = end;
      }
      case INVALID, ILLEGAL -> invalid = end > start;
      case TEXT, OWN, ERROR, NUMBER, WORD, FINGERPRINT, PAM_ERROR -> {}
    }
  }

  private void address(int start, int end) {
    addressStart = start;
    addressEnd = end;
  }

  Optional<String> user() {
    return userStart < 0 ? Optional.empty() : Optional.of(line.substring(userStart, userEnd));
  }

  Standing standing() {
    return standing;
  }

  AuthResult result() {
    return result;
  }

  boolean invalid() {
    return invalid;
  }

  /// Empty if the line has no address, or a name in its place.
  Optional<String> address() {
    return addressStart < 0
        ? Optional.empty()
        : Optional.of(line.substring(addressStart, addressEnd));
  }

  OptionalInt port() {
    return LogField.number(line, portStart, portEnd, Integer.MAX_VALUE);
  }

  OptionalInt pid() {
    return LogField.number(line, pidStart, pidEnd, Integer.MAX_VALUE);
  }

  /// The fingerprint of the user's key; empty if the line has none. That of a method other than
  /// publickey is another's: of hostbased, the host's.
  Optional<String> key() {
    return keyStart < 0 || !method().equals(PUBLICKEY)
        ? Optional.empty()
        : Optional.of(line.substring(keyStart, keyEnd));
  }

  /// The method without its submethod.
  String method() {
    int slash = line.indexOf('/', methodStart, methodEnd);
    return line.substring(methodStart, slash < 0 ? methodEnd : slash);
  }
}
