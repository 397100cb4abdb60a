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
  private Method method = Method.UNKNOWN;
  private boolean invalidUser;
  private Optional<String> user = Optional.empty();
  private Optional<String> address = Optional.empty();
  private OptionalInt port = OptionalInt.empty();
  private OptionalLong acceptedAtNanos = OptionalLong.empty();
  private boolean any;
  private boolean failed;
  private boolean finished;
  private boolean timedOut;
  private boolean noIdentification;

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
              var number) -> {
        // A line about "none" must not replace a method that an earlier line named.
        var named = method(name);
        if (named != Method.NONE || method == Method.UNKNOWN) {
          method = named;
        }
        user = Optional.of(who);
        invalidUser |= invalid;
        from(from, OptionalInt.of(number));
        switch (result) {
          case ACCEPTED -> acceptedAtNanos = OptionalLong.of(atNanos);
          case FAILED -> failed = true;
          case PARTIAL, POSTPONED -> {}
        }
      }
      case SshdMessage.InvalidUser(var who, var from, var number) -> {
        user = Optional.of(who);
        invalidUser = true;
        from(from, number);
      }
      case SshdMessage.UserNotAllowed(var who) -> {
        user = Optional.of(who);
        invalidUser = true;
      }
      case SshdMessage.Disconnect(var who, var standing, var from, var number, var preauth) -> {
        user = who.or(() -> user);
        invalidUser |= standing == Standing.INVALID;
        from(from, number);
        finished |= preauth;
      }
      case SshdMessage.GraceTimeout _ -> {
        timedOut = true;
        finished = true;
      }
      case SshdMessage.NoIdentification _ -> {
        noIdentification = true;
        finished = true;
      }
      case SshdMessage.TooManyAttempts(var who, var invalid) -> {
        user = Optional.of(who);
        invalidUser |= invalid;
        failed = true;
        finished = true;
      }
      case SshdMessage.ConnectionDropped _,
          SshdMessage.UserChild _,
          SshdMessage.SessionStarted _,
          SshdMessage.Other _,
          SshdMessage.Unknown _ -> {}
    }
  }

  private void from(String where, OptionalInt number) {
    address = Optional.of(where);
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
          SshdMessage.GraceTimeout _,
          SshdMessage.NoIdentification _,
          SshdMessage.TooManyAttempts _ ->
          true;
      case SshdMessage.Disconnect d -> d.preauth();
      case SshdMessage.ConnectionDropped _,
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
    return user.map(name -> name.equals("root") ? UserClass.ROOT : UserClass.VALID)
        .orElse(UserClass.UNKNOWN);
  }

  Optional<String> user() {
    return user;
  }

  Optional<String> address() {
    return address;
  }

  /// The client's port.
  OptionalInt port() {
    return port;
  }
}
