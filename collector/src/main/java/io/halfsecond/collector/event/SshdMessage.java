package io.halfsecond.collector.event;

import java.util.Optional;
import java.util.OptionalInt;

/// A parsed log message of sshd's, OpenSSH 6.6 to 10.x.
///
/// Names and addresses are as logged. They stay in the collector's memory; only a keyed hash leaves
/// it.
public sealed interface SshdMessage {

  /// `Connection from ADDRESS port N[ on …]`
  record ConnectionFrom(String address, int port) implements SshdMessage {}

  /// `Accepted|Failed|Partial|Postponed METHOD for [invalid user ]USER from ADDRESS port N ssh2[:
  /// …]`
  ///
  /// @param method as logged, without the submethod: `password`, `publickey`,
  ///   `keyboard-interactive/pam` gives `keyboard-interactive`
  /// @param key the fingerprint of the user's public key, as logged; empty if the line has none
  record Authentication(
      AuthResult result,
      String method,
      String user,
      boolean invalidUser,
      String address,
      int port,
      Optional<String> key)
      implements SshdMessage {
    /// Of a line without a key.
    public Authentication(
        AuthResult result,
        String method,
        String user,
        boolean invalidUser,
        String address,
        int port) {
      this(result, method, user, invalidUser, address, port, Optional.empty());
    }
  }

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
  ///
  /// @param address empty if there is no host or it is a name
  record UserNotAllowed(String user, Optional<String> address) implements SshdMessage {}

  /// `ROOT LOGIN REFUSED FROM ADDRESS[ port N]`: right credentials, but PermitRootLogin forbids it.
  record RootRefused(String address, OptionalInt port) implements SshdMessage {}

  /// `PAM: … for [illegal user ]USER from HOST`: a failed attempt by keyboard-interactive.
  ///
  /// @param address empty if the host is a name
  record PamFailure(String user, boolean invalidUser, Optional<String> address)
      implements SshdMessage {}

  /// `Connection closed by …`, `Connection reset by …`, `Disconnected from …`, `Disconnecting …`,
  /// `Connection from … timed out`, `Timeout, client not responding from …`, `FUNCTION: Connection
  /// from …: ERROR`, with what they say about the user.
  ///
  /// @param user empty if the line names none
  /// @param userClass how sshd describes the user: invalid, still authenticating, or logged in
  /// @param preauth whether it certainly ended before authentication
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

  /// `Received disconnect from ADDRESS[ port N]:…`. The client's own words end the line, so nothing
  /// behind the address is certain, not even that it was logged before authentication.
  record ClientDisconnect(String address, OptionalInt port) implements SshdMessage {}

  /// A fatal error, or before OpenSSH 7.5 `Disconnecting: …`: sshd ends the connection, and the
  /// line names no client.
  ///
  /// @param preauth whether it certainly ended before authentication
  record Aborted(boolean preauth) implements SshdMessage {}

  /// `Corrupted MAC on input.`, `Bad packet length N.`, `padding error: …`: a packet that sshd
  /// cannot accept. Another line reports the end of the connection.
  record BadPacket(boolean preauth) implements SshdMessage {}

  /// `Timeout before authentication …`; OpenSSH 9.8 and later log it from the listener and name the
  /// monitor in the text.
  ///
  /// @param monitorPid the pid in the text, if there is one
  record GraceTimeout(OptionalInt monitorPid, Optional<String> address, OptionalInt port)
      implements SshdMessage {}

  /// The exchange of identifications or the negotiation of algorithms failed or was abandoned:
  /// `kex_exchange_identification: …`, `banner exchange: …`, `Did not receive identification string
  /// …`, `Bad protocol version identification …`, `Unable to negotiate …`.
  ///
  /// @param address empty if the line names no client; then a [Disconnect] follows that does
  record NoIdentification(Optional<String> address, OptionalInt port) implements SshdMessage {}

  /// `maximum authentication attempts exceeded for …`
  record TooManyAttempts(String user, boolean invalidUser, String address, int port)
      implements SshdMessage {}

  /// `refused connect from …` of the TCP wrappers, `administratively prohibited connection for …`:
  /// turned away by the configuration, after a fork.
  ///
  /// @param user empty if it was not known yet
  /// @param address empty if the line has a name only
  record ConnectionRefused(
      Optional<String> user, boolean invalidUser, Optional<String> address, OptionalInt port)
      implements SshdMessage {}

  /// `drop connection #n from …`, `beginning MaxStartups throttling`: turned away without a fork.
  record ConnectionDropped(Optional<String> address, OptionalInt port) implements SshdMessage {}

  /// `User child is on pid N`
  record UserChild(int userPid) implements SshdMessage {}

  /// `Starting session: …`
  record SessionStarted() implements SshdMessage {}

  /// A known line that is not needed, for example `Close session: …`, or one of PAM.
  record Other() implements SshdMessage {}

  /// A line that no template of sshd's fits, for example of another version, or that can be read in
  /// two ways.
  record Unknown() implements SshdMessage {}
}
