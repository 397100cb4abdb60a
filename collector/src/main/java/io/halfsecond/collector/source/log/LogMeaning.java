package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;

/// What a line of a template is to the collector: the fourth column of `sshd-messages.tsv`.
enum LogMeaning {
  CONNECTION_FROM,
  CONNECTION_DROPPED,
  CONNECTION_REFUSED,
  NO_IDENTIFICATION,
  INVALID_USER,
  USER_NOT_ALLOWED,
  ROOT_REFUSED,
  PAM_FAILURE,
  AUTHENTICATION,
  TOO_MANY_ATTEMPTS,
  GRACE_TIMEOUT,
  DISCONNECT,
  CLIENT_DISCONNECT,
  BAD_PACKET,
  ABORTED,
  USER_CHILD,
  SESSION_STARTED,
  OTHER;

  private static final SshdMessage OTHER_MESSAGE = new SshdMessage.Other();
  private static final SshdMessage SESSION_STARTED_MESSAGE = new SshdMessage.SessionStarted();

  /// @param preauth whether the line was certainly logged before authentication
  SshdMessage message(LogReading reading, boolean preauth) {
    return switch (this) {
      case CONNECTION_FROM ->
          new SshdMessage.ConnectionFrom(address(reading), reading.port().orElseThrow());
      case CONNECTION_DROPPED ->
          new SshdMessage.ConnectionDropped(reading.address(), reading.port());
      case CONNECTION_REFUSED ->
          new SshdMessage.ConnectionRefused(
              reading.user(), reading.invalid(), reading.address(), reading.port());
      case NO_IDENTIFICATION -> new SshdMessage.NoIdentification(reading.address(), reading.port());
      case INVALID_USER ->
          new SshdMessage.InvalidUser(user(reading), address(reading), reading.port());
      case USER_NOT_ALLOWED -> new SshdMessage.UserNotAllowed(user(reading), reading.address());
      case ROOT_REFUSED -> new SshdMessage.RootRefused(address(reading), reading.port());
      case PAM_FAILURE ->
          new SshdMessage.PamFailure(user(reading), reading.invalid(), reading.address());
      case AUTHENTICATION ->
          new SshdMessage.Authentication(
              reading.result(),
              reading.method(),
              user(reading),
              reading.invalid(),
              address(reading),
              reading.port().orElseThrow(),
              reading.key());
      case TOO_MANY_ATTEMPTS ->
          new SshdMessage.TooManyAttempts(
              user(reading), reading.invalid(), address(reading), reading.port().orElseThrow());
      case GRACE_TIMEOUT ->
          new SshdMessage.GraceTimeout(reading.pid(), reading.address(), reading.port());
      case DISCONNECT ->
          new SshdMessage.Disconnect(
              reading.user(), reading.standing(), address(reading), reading.port(), preauth);
      case CLIENT_DISCONNECT -> new SshdMessage.ClientDisconnect(address(reading), reading.port());
      case BAD_PACKET -> new SshdMessage.BadPacket(preauth);
      case ABORTED -> new SshdMessage.Aborted(preauth);
      case USER_CHILD -> new SshdMessage.UserChild(reading.pid().orElseThrow());
      case SESSION_STARTED -> SESSION_STARTED_MESSAGE;
      case OTHER -> OTHER_MESSAGE;
    };
  }

  private static String user(LogReading reading) {
    return reading.user().orElseThrow();
  }

  private static String address(LogReading reading) {
    return reading.address().orElseThrow();
  }
}
