package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Standing;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.UserClass;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the log lines of one connection say together.
final class LoginEvidence {
  private static final String ROOT = "root";

  private Method method = Method.UNKNOWN;
  private boolean invalidUser;
  private Optional<String> user = Optional.empty();
  private Optional<String> address = Optional.empty();
  private Optional<String> key = Optional.empty();
  private OptionalInt port = OptionalInt.empty();
  private OptionalLong acceptedAtNanos = OptionalLong.empty();
  private boolean any;
  private boolean failed;
  private boolean finished;
  private boolean timedOut;
  private boolean noIdentification;
  private boolean left;

  /// Adds a line. Lines arrive in the order in which they were logged.
  void add(long atNanos, SshdMessage message) {
    any = true;
    switch (message) {
      case SshdMessage.ConnectionFrom(var from, var number) -> from(from, OptionalInt.of(number));
      case SshdMessage.Authentication(
              var result,
              var name,
              var who,
              var invalid,
              var from,
              var number,
              var fingerprint) -> {
        // A line about "none" must not replace a method that an earlier line named.
        var named = method(name);
        if (named != Method.NONE || method == Method.UNKNOWN) {
          method = named;
        }
        user = Optional.of(who);
        invalidUser |= invalid;
        from(from, OptionalInt.of(number));
        switch (result) {
          case ACCEPTED -> {
            acceptedAtNanos = OptionalLong.of(atNanos);
            key = fingerprint.or(() -> key);
          }
          case FAILED -> failed = true;
          // The key was right, and another method is to follow.
          case PARTIAL -> key = fingerprint.or(() -> key);
          case POSTPONED -> {}
        }
      }
      case SshdMessage.InvalidUser(var who, var from, var number) -> {
        user = Optional.of(who);
        invalidUser = true;
        from(from, number);
      }
      case SshdMessage.UserNotAllowed(var who, var from) -> {
        user = Optional.of(who);
        invalidUser = true;
        from(from, OptionalInt.empty());
      }
      case SshdMessage.RootRefused(var from, var number) -> {
        user = Optional.of(ROOT);
        failed = true;
        from(from, number);
      }
      case SshdMessage.PamFailure(var who, var invalid, var from) -> {
        method = Method.KEYBOARD_INTERACTIVE;
        user = Optional.of(who);
        invalidUser |= invalid;
        failed = true;
        from(from, OptionalInt.empty());
      }
      case SshdMessage.Disconnect(var who, var standing, var from, var number, var preauth) -> {
        user = who.or(() -> user);
        invalidUser |= standing == Standing.INVALID;
        from(from, number);
        // Before 10.3 the process that exchanges identifications is the monitor itself.
        finished |= preauth || noIdentification;
      }
      case SshdMessage.ClientDisconnect(var from, var number) -> {
        left = true;
        from(from, number);
      }
      case SshdMessage.Aborted(var preauth) -> finished |= preauth;
      case SshdMessage.BadPacket(var preauth) -> failed |= preauth;
      case SshdMessage.GraceTimeout(_, var from, var number) -> {
        timedOut = true;
        finished = true;
        from(from, number);
      }
      case SshdMessage.NoIdentification(var from, var number) -> {
        noIdentification = true;
        finished |= from.isPresent();
        from(from, number);
      }
      case SshdMessage.TooManyAttempts(var who, var invalid, var from, var number) -> {
        user = Optional.of(who);
        invalidUser |= invalid;
        failed = true;
        finished = true;
        from(from, OptionalInt.of(number));
      }
      case SshdMessage.ConnectionRefused(var who, var invalid, var from, var number) -> {
        user = who.or(() -> user);
        invalidUser |= invalid;
        failed |= who.isPresent();
        noIdentification |= who.isEmpty();
        finished = true;
        from(from, number);
      }
      case SshdMessage.ConnectionDropped _,
          SshdMessage.UserChild _,
          SshdMessage.SessionStarted _,
          SshdMessage.Other _,
          SshdMessage.Unknown _ -> {}
    }
  }

  /// Whether the line is about another client: it names another address or port than the lines
  /// before.
  boolean contradicts(long atNanos, SshdMessage message) {
    if (port.isEmpty()) {
      return false;
    }
    var said = new LoginEvidence();
    said.add(atNanos, message);
    return said.port.isPresent() && !(said.port.equals(port) && said.address.equals(address));
  }

  private void from(String where, OptionalInt number) {
    from(Optional.of(where), number);
  }

  private void from(Optional<String> where, OptionalInt number) {
    address = where.or(() -> address);
    port = number.isPresent() ? number : port;
  }

  /// Whether this can be the first line of a connection. Lines of the user child cannot: below
  /// LogLevel VERBOSE nothing ties its pid to the monitor's.
  static boolean begins(SshdMessage message) {
    return switch (message) {
      case SshdMessage.ConnectionFrom _,
          SshdMessage.Authentication _,
          SshdMessage.InvalidUser _,
          SshdMessage.UserNotAllowed _,
          SshdMessage.RootRefused _,
          SshdMessage.PamFailure _,
          SshdMessage.GraceTimeout _,
          SshdMessage.NoIdentification _,
          SshdMessage.TooManyAttempts _,
          SshdMessage.ConnectionRefused _ ->
          true;
      case SshdMessage.Disconnect line -> line.preauth();
      case SshdMessage.Aborted(var preauth) -> preauth;
      case SshdMessage.BadPacket(var preauth) -> preauth;
      case SshdMessage.ClientDisconnect _,
          SshdMessage.ConnectionDropped _,
          SshdMessage.UserChild _,
          SshdMessage.SessionStarted _,
          SshdMessage.Other _,
          SshdMessage.Unknown _ ->
          false;
    };
  }

  private static Method method(String logged) {
    return switch (logged) {
      case "none" -> Method.NONE;
      case "password" -> Method.PASSWORD;
      case "publickey" -> Method.PUBLICKEY;
      case "keyboard-interactive" -> Method.KEYBOARD_INTERACTIVE;
      case "hostbased" -> Method.HOSTBASED;
      case "gssapi-with-mic", "gssapi-keyex" -> Method.GSSAPI;
      default -> Method.UNKNOWN;
    };
  }

  boolean any() {
    return any;
  }

  /// When "Accepted" was logged.
  OptionalLong acceptedAtNanos() {
    return acceptedAtNanos;
  }

  boolean accepted() {
    return acceptedAtNanos.isPresent();
  }

  boolean failed() {
    return failed;
  }

  boolean timedOut() {
    return timedOut;
  }

  boolean noIdentification() {
    return noIdentification;
  }

  /// Whether the client said goodbye. After "Accepted" that is a logout.
  boolean left() {
    return left;
  }

  /// Whether sshd logged the end of a connection that did not succeed.
  boolean finished() {
    return finished;
  }

  Method method() {
    return method;
  }

  UserClass userClass() {
    if (invalidUser) {
      return UserClass.INVALID;
    }
    return user.map(name -> name.equals(ROOT) ? UserClass.ROOT : UserClass.VALID)
        .orElse(UserClass.UNKNOWN);
  }

  Optional<String> user() {
    return user;
  }

  Optional<String> address() {
    return address;
  }

  /// The fingerprint of the key that was accepted.
  Optional<String> key() {
    return key;
  }

  /// The client's port.
  OptionalInt port() {
    return port;
  }
}
