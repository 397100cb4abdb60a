package io.halfsecond.collector.event;

import java.util.Optional;
import java.util.OptionalInt;

/// A parsed log message of sshd's, OpenSSH 8.0 to 10.x.
///
/// Names and addresses are as logged. They stay in the collector's memory; only a keyed hash leaves
/// it.
public sealed interface SshdMessage {

  /// `Connection from ADDRESS port N on …`
  record ConnectionFrom(String address, int port) implements SshdMessage {}

  /// `Accepted|Failed|Partial|Postponed METHOD for [invalid user ]USER from ADDRESS port N ssh2[:
  /// …]`
  ///
  /// @param method as logged, without the submethod: `password`, `publickey`,
  ///   `keyboard-interactive/pam` gives `keyboard-interactive`
  record Authentication(
      AuthResult result, String method, String user, boolean invalidUser, String address, int port)
      implements SshdMessage {}

  /// The verb of an [Authentication] line.
  enum AuthResult {
    ACCEPTED,
    FAILED,
    PARTIAL,
    POSTPONED
  }

  /// `Invalid user USER from ADDRESS[ port N]`
  record InvalidUser(String user, String address, OptionalInt port) implements SshdMessage {}

  /// `User USER [from HOST] not allowed because …`
  record UserNotAllowed(String user) implements SshdMessage {}

  /// `Connection closed by …`, `Connection reset by …`, `Disconnected from …`, `Disconnecting …`,
  /// `Received disconnect from …`, `Connection from … timed out`, `Timeout, client not responding
  /// from …`, `FUNCTION: Connection from …: ERROR`, with what they say about the user.
  ///
  /// @param user empty if the line names none
  /// @param userClass how sshd describes the user: invalid, still authenticating, or logged in
  record Disconnect(
      Optional<String> user, Standing userClass, String address, OptionalInt port, boolean preauth)
      implements SshdMessage {}

  /// How a [Disconnect] line describes its user.
  enum Standing {
    UNNAMED,
    INVALID,
    AUTHENTICATING,
    AUTHENTICATED
  }

  /// `Timeout before authentication …`; OpenSSH 9.8 and later log it from the listener and name the
  /// monitor in the text.
  ///
  /// @param monitorPid the pid in the text, if there is one
  record GraceTimeout(OptionalInt monitorPid) implements SshdMessage {}

  /// The identification exchange failed or was abandoned: `kex_exchange_identification: …`, `banner
  /// exchange: …`, `Did not receive identification string …`, `Bad protocol version identification
  /// …`, `Unable to negotiate …`.
  record NoIdentification() implements SshdMessage {}

  /// `maximum authentication attempts exceeded for …`
  record TooManyAttempts(String user, boolean invalidUser) implements SshdMessage {}

  /// `drop connection #n from …`, `beginning MaxStartups throttling`, penalties: turned away
  /// without a fork.
  record ConnectionDropped() implements SshdMessage {}

  /// `User child is on pid N`
  record UserChild(int userPid) implements SshdMessage {}

  /// `Starting session: …`
  record SessionStarted() implements SshdMessage {}

  /// A known line that is not needed, for example `Close session: …`.
  record Other() implements SshdMessage {}

  /// A line that no template of sshd's fits: of PAM, of another version, or with text that can be
  /// read in two ways.
  record Unknown() implements SshdMessage {}
}
