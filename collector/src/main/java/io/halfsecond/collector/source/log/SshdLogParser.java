package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Authentication;
import io.halfsecond.collector.event.SshdMessage.ConnectionDropped;
import io.halfsecond.collector.event.SshdMessage.ConnectionFrom;
import io.halfsecond.collector.event.SshdMessage.Disconnect;
import io.halfsecond.collector.event.SshdMessage.GraceTimeout;
import io.halfsecond.collector.event.SshdMessage.InvalidUser;
import io.halfsecond.collector.event.SshdMessage.NoIdentification;
import io.halfsecond.collector.event.SshdMessage.Other;
import io.halfsecond.collector.event.SshdMessage.SessionStarted;
import io.halfsecond.collector.event.SshdMessage.Standing;
import io.halfsecond.collector.event.SshdMessage.TooManyAttempts;
import io.halfsecond.collector.event.SshdMessage.UserChild;
import io.halfsecond.collector.event.SshdMessage.UserNotAllowed;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The parser of sshd's log messages, OpenSSH 8.0 to 10.5 (format strings in auth.c, packet.c,
/// kex.c, session.c, serverloop.c, monitor.c, srclimit.c and sshd.c of those releases).
///
/// **Guarantees** it never throws, takes time linear in the length of the line, and trusts no text
/// that the client may have chosen. sshd escapes control characters in a user name but not spaces,
/// so `Failed password for invalid user root from 1.2.3.4 port 22 ssh2 from 127.0.0.1 port 9 ssh2`
/// is about a user called `root from 1.2.3.4 port 22 ssh2`: the text after the name is parsed from
/// the right. A certificate's key id is free text to the right of the address, so some lines can be
/// read in two ways. Such a line proves nothing and is an [Other].
///
/// **Assumes** the text is one message of sshd's, without the log daemon's frame ([SyslogLine]).
///
/// Names and addresses are returned as logged: escapes (`\303`, `\n`) stay, cut names (100
/// characters) stay cut.
public final class SshdLogParser {
  /// Longer text is not sshd's, which cuts lines at 500 characters for syslog and at 1024 for a
  /// file.
  public static final int MAX_CHARS = 8192;

  /// `syslog(pri, "%.500s", …)` in log.c: at this length the right end may be missing.
  private static final int SYSLOG_CUT = 500;

  /// The longest numeric address is 45 characters, an interface name of 15 may follow `%`.
  private static final int MAX_ADDRESS = 64;

  private static final Other OTHER = new Other();

  private static final List<String> NO_IDENTIFICATION =
      List.of(
          "kex_exchange_identification: ",
          "banner exchange: ",
          "Did not receive identification string from ",
          "Bad protocol version identification '",
          "Bad remote protocol version identification: '",
          "Protocol major versions differ",
          "Unable to negotiate with ");

  private static final List<String> REFUSED =
      List.of(
          "drop connection #",
          "beginning MaxStartups throttling",
          "in MaxStartups throttling for ",
          "srclimit_penalise: ");

  private SshdLogParser() {}

  /// Whether this is a line of a debug level. DEBUG3 gives a few hundred per connection.
  public static boolean isDebug(String text) {
    return text.startsWith("debug1: ")
        || text.startsWith("debug2: ")
        || text.startsWith("debug3: ");
  }

  /// The parsed message; [Other] if it is not needed or not to be trusted.
  public static SshdMessage parse(String text) {
    if (text.length() > MAX_CHARS || isDebug(text)) {
      return OTHER;
    }
    boolean cut = text.length() >= SYSLOG_CUT;
    String message = withoutLevel(onceOnly(text));
    boolean preauth = message.endsWith(" [preauth]");
    if (preauth) {
      message = message.substring(0, message.length() - " [preauth]".length());
    } else if (message.endsWith(" [postauth]")) {
      message = message.substring(0, message.length() - " [postauth]".length());
    }
    return parse(message, preauth, cut).<SshdMessage>map(known -> known).orElse(OTHER);
  }

  private static Optional<? extends SshdMessage> parse(String s, boolean preauth, boolean cut) {
    for (var result : AuthResult.values()) {
      var verb = verb(result);
      if (s.startsWith(verb)) {
        return cut ? Optional.empty() : authentication(result, s, verb.length());
      }
    }
    if (s.startsWith("Connection from ")) {
      return connectionFrom(after(s, "Connection from "), preauth);
    }
    if (s.startsWith("Invalid user ")) {
      return invalidUser(after(s, "Invalid user "));
    }
    if (s.startsWith("User child is on pid ")) {
      var pid = number(after(s, "User child is on pid "), Integer.MAX_VALUE);
      return pid.isPresent() ? Optional.of(new UserChild(pid.getAsInt())) : Optional.empty();
    }
    if (s.startsWith("User ")) {
      return userNotAllowed(after(s, "User "));
    }
    for (var verb :
        List.of(
            "Connection closed by ",
            "Connection reset by ",
            "Disconnected from ",
            "Timeout, client not responding from ")) {
      if (s.startsWith(verb)) {
        var rest = after(s, verb);
        return disconnect(rest, peerEndingAt(rest, rest.length()), preauth);
      }
    }
    if (s.startsWith("Disconnecting ")) {
      return disconnecting(after(s, "Disconnecting "), preauth);
    }
    if (s.startsWith("Received disconnect from ")) {
      return receivedDisconnect(after(s, "Received disconnect from "), preauth);
    }
    if (s.startsWith("Timeout before authentication for ")) {
      return Optional.of(new GraceTimeout(monitorPid(s)));
    }
    if (s.startsWith("maximum authentication attempts exceeded for ")) {
      return tooManyAttempts(after(s, "maximum authentication attempts exceeded for "));
    }
    if (s.startsWith("Starting session: ")) {
      return Optional.of(new SessionStarted());
    }
    if (NO_IDENTIFICATION.stream().anyMatch(s::startsWith)) {
      return Optional.of(new NoIdentification());
    }
    if (REFUSED.stream().anyMatch(s::startsWith)) {
      return Optional.of(new ConnectionDropped());
    }
    return brokenConnection(s, preauth);
  }

  private static String verb(AuthResult result) {
    return switch (result) {
      case ACCEPTED -> "Accepted ";
      case FAILED -> "Failed ";
      case PARTIAL -> "Partial ";
      case POSTPONED -> "Postponed ";
    };
  }

  /// `METHOD[/sub] for [invalid user ]USER from ADDRESS port N ssh2[: what the method says]`,
  /// auth_log in auth.c.
  private static Optional<Authentication> authentication(
      AuthResult result, String s, int methodStart) {
    int methodEnd = s.indexOf(' ', methodStart);
    if (methodEnd <= methodStart || !s.startsWith(" for ", methodEnd)) {
      return Optional.empty();
    }
    String full = s.substring(methodStart, methodEnd);
    int slash = full.indexOf('/');
    String method = slash < 0 ? full : full.substring(0, slash);
    int userStart = methodEnd + " for ".length();
    boolean invalid = s.startsWith("invalid user ", userStart);
    if (invalid) {
      userStart += "invalid user ".length();
    }

    // The true reading is always among them. The last one is true if only sshd can have written its
    // end: free text on the right (key ids, host names) is always followed by more of sshd's text.
    int readings = 0;
    Tail lastTail = Tail.NONE;
    Optional<Authentication> last = Optional.empty();
    for (int at = s.indexOf(" ssh2", userStart); at >= 0; at = s.indexOf(" ssh2", at + 1)) {
      var tail = tail(s, at + " ssh2".length(), method);
      var peer = peerEndingAt(s, at);
      if (tail == Tail.NONE || peer.isEmpty()) {
        continue;
      }
      int userEnd = peer.get().start() - " from ".length();
      if (userEnd >= userStart && s.startsWith(" from ", userEnd)) {
        readings++;
        lastTail = tail;
        last =
            Optional.of(
                new Authentication(
                    result,
                    method,
                    s.substring(userStart, userEnd),
                    invalid,
                    peer.get().address(),
                    peer.get().port()));
      }
    }
    return readings == 1 || lastTail == Tail.FIXED ? last : Optional.empty();
  }

  /// The text after `ssh2`.
  private enum Tail {
    /** Not of sshd's form. */
    NONE,
    /** None, or a key's type and fingerprint: no text that the client chooses. */
    FIXED,
    /**
     * Contains text that the client chooses: a certificate's key id, names in a host-based request.
     */
    FREE
  }

  /// format_method_key in auth.c: `: TYPE FINGERPRINT[ ID id (serial n) CA TYPE FINGERPRINT][,
  /// info]`, or just info.
  private static Tail tail(String s, int start, String method) {
    if (start == s.length()) {
      return Tail.FIXED;
    }
    if (!s.startsWith(": ", start)) {
      return Tail.NONE;
    }
    int typeStart = start + 2;
    int typeEnd = s.indexOf(' ', typeStart);
    int printEnd = typeEnd < 0 ? -1 : endOfToken(s, typeEnd + 1);
    boolean key =
        typeEnd > typeStart
            && (s.startsWith("SHA256:", typeEnd + 1) || s.startsWith("MD5:", typeEnd + 1));
    if (key && printEnd == s.length()) {
      return s.charAt(printEnd - 1) == ',' ? Tail.FREE : Tail.FIXED;
    }
    if (key && (s.startsWith(" ID ", printEnd) || s.charAt(printEnd - 1) == ',')) {
      return Tail.FREE;
    }
    return method.equals("hostbased") || method.startsWith("gssapi") ? Tail.FREE : Tail.NONE;
  }

  private static int endOfToken(String s, int start) {
    int space = s.indexOf(' ', start);
    return space < 0 ? s.length() : space;
  }

  /// `ADDRESS port N on ADDRESS port N[ rdomain "…"]`; the address is at the place of a name in
  /// other lines.
  private static Optional<? extends SshdMessage> connectionFrom(String rest, boolean preauth) {
    var peer = peerAt(rest, 0);
    if (peer.isPresent() && rest.startsWith(" on ", peer.get().end())) {
      var local = peerAt(rest, peer.get().end() + " on ".length());
      boolean whole =
          local.isPresent()
              && (local.get().end() == rest.length()
                  || (rest.startsWith(" rdomain \"", local.get().end()) && rest.endsWith("\"")));
      return whole
          ? Optional.of(new ConnectionFrom(peer.get().address(), peer.get().port()))
          : Optional.empty();
    }
    if (rest.endsWith(" timed out")) {
      return disconnect(rest, peerEndingAt(rest, rest.length() - " timed out".length()), preauth);
    }
    return Optional.empty();
  }

  /// `USER from ADDRESS[ port N]`
  private static Optional<InvalidUser> invalidUser(String rest) {
    int from = rest.lastIndexOf(" from ");
    if (from < 0) {
      return Optional.empty();
    }
    String user = rest.substring(0, from);
    int start = from + " from ".length();
    var peer = peerAt(rest, start);
    if (peer.isPresent() && peer.get().end() == rest.length()) {
      return Optional.of(
          new InvalidUser(user, peer.get().address(), OptionalInt.of(peer.get().port())));
    }
    return isAddress(rest, start, rest.length())
        ? Optional.of(new InvalidUser(user, rest.substring(start), OptionalInt.empty()))
        : Optional.empty();
  }

  /// `USER [from HOST] not allowed because …`; the name is an account's, not the client's text.
  private static Optional<UserNotAllowed> userNotAllowed(String rest) {
    int end = rest.lastIndexOf(" not allowed because ");
    if (end < 0) {
      return Optional.empty();
    }
    String who = rest.substring(0, end);
    int from = who.lastIndexOf(" from ");
    return Optional.of(new UserNotAllowed(from < 0 ? who : who.substring(0, from)));
  }

  /// `[invalid user ]USER from ADDRESS port N ssh2`
  private static Optional<TooManyAttempts> tooManyAttempts(String rest) {
    if (!rest.endsWith(" ssh2")) {
      return Optional.empty();
    }
    boolean invalid = rest.startsWith("invalid user ");
    int userStart = invalid ? "invalid user ".length() : 0;
    var peer = peerEndingAt(rest, rest.length() - " ssh2".length());
    int userEnd = peer.isEmpty() ? -1 : peer.get().start() - " from ".length();
    return userEnd >= userStart && rest.startsWith(" from ", userEnd)
        ? Optional.of(new TooManyAttempts(rest.substring(userStart, userEnd), invalid))
        : Optional.empty();
  }

  /// `[… user USER ]ADDRESS port N: reason`. The reason can quote the client (`Change of username
  /// or service not allowed: (…)`, `bad service request …`), so with a name before it the address
  /// must occur only once.
  private static Optional<Disconnect> disconnecting(String rest, boolean preauth) {
    var unnamed = peerAt(rest, 0);
    if (unnamed.isPresent()) {
      return rest.startsWith(": ", unnamed.get().end())
          ? disconnect(rest, unnamed, preauth)
          : Optional.empty();
    }
    Optional<Peer> only = Optional.empty();
    for (int at = rest.indexOf(": "); at >= 0; at = rest.indexOf(": ", at + 1)) {
      var peer = peerEndingAt(rest, at);
      if (peer.isPresent() && only.isPresent()) {
        return Optional.empty();
      }
      if (peer.isPresent()) {
        only = peer;
      }
    }
    return disconnect(rest, only, preauth);
  }

  /// `ADDRESS port N:code: message`; before 7.2 without the port. The client chooses the message.
  private static Optional<Disconnect> receivedDisconnect(String rest, boolean preauth) {
    var peer = peerAt(rest, 0);
    if (peer.isPresent()) {
      return rest.startsWith(":", peer.get().end())
          ? disconnect(rest, peer, preauth)
          : Optional.empty();
    }
    int end = rest.indexOf(": ");
    return end > 0 && isAddress(rest, 0, end)
        ? Optional.of(
            new Disconnect(
                Optional.empty(),
                Standing.UNNAMED,
                rest.substring(0, end),
                OptionalInt.empty(),
                preauth))
        : Optional.empty();
  }

  /// `function: Connection from [… user USER ]ADDRESS port N: error`, sshpkt_vfatal in packet.c;
  /// the error text is sshd's or the system's, so the last address is the true one.
  private static Optional<Disconnect> brokenConnection(String s, boolean preauth) {
    int at = s.indexOf(": Connection from ");
    if (at <= 0 || s.indexOf(' ') < at) {
      return Optional.empty();
    }
    String rest = s.substring(at + ": Connection from ".length());
    for (int end = rest.lastIndexOf(": "); end > 0; end = rest.lastIndexOf(": ", end - 1)) {
      var peer = peerEndingAt(rest, end);
      if (peer.isPresent()) {
        return disconnect(rest, peer, preauth);
      }
    }
    return Optional.empty();
  }

  /// Parses the text before the peer as the log preamble that auth2.c sets.
  private static Optional<Disconnect> disconnect(
      String rest, Optional<Peer> peer, boolean preauth) {
    if (peer.isEmpty()) {
      return Optional.empty();
    }
    var p = peer.get();
    if (p.start() == 0) {
      return Optional.of(
          new Disconnect(
              Optional.empty(), Standing.UNNAMED, p.address(), OptionalInt.of(p.port()), preauth));
    }
    for (var standing : Standing.values()) {
      String preamble = preamble(standing);
      if (!preamble.isEmpty() && rest.startsWith(preamble) && p.start() - 1 >= preamble.length()) {
        return Optional.of(
            new Disconnect(
                Optional.of(rest.substring(preamble.length(), p.start() - 1)),
                standing,
                p.address(),
                OptionalInt.of(p.port()),
                preauth));
      }
    }
    return Optional.empty();
  }

  private static String preamble(Standing standing) {
    return switch (standing) {
      case UNNAMED -> "";
      case INVALID -> "invalid user ";
      case AUTHENTICATING -> "authenticating user ";
      case AUTHENTICATED -> "user ";
    };
  }

  /// `…, pid = N[ (early)]`
  private static OptionalInt monitorPid(String s) {
    int at = s.lastIndexOf(", pid = ");
    if (at < 0) {
      return OptionalInt.empty();
    }
    int start = at + ", pid = ".length();
    return number(s.substring(start, endOfToken(s, start)), Integer.MAX_VALUE);
  }

  /// rsyslog and others can fold repeats into `message repeated N times: [ MESSAGE]`.
  private static String onceOnly(String s) {
    if (!s.startsWith("message repeated ") || !s.endsWith("]")) {
      return s;
    }
    int countEnd = s.indexOf(' ', "message repeated ".length());
    return countEnd > 0 && s.startsWith(" times: [ ", countEnd)
        ? s.substring(countEnd + " times: [ ".length(), s.length() - 1)
        : s;
  }

  private static String withoutLevel(String s) {
    return s.startsWith("error: ") || s.startsWith("fatal: ") ? s.substring("error: ".length()) : s;
  }

  private static String after(String s, String prefix) {
    return s.substring(prefix.length());
  }

  /// `ADDRESS port N`, from start to end (exclusive) of a text.
  private record Peer(String address, int port, int start, int end) {}

  private static Optional<Peer> peerAt(String s, int start) {
    int addressEnd = s.indexOf(' ', start);
    if (addressEnd < 0 || !isAddress(s, start, addressEnd) || !s.startsWith(" port ", addressEnd)) {
      return Optional.empty();
    }
    int portStart = addressEnd + " port ".length();
    int end = portStart;
    while (end < s.length() && isDigit(s.charAt(end)) && end - portStart < 6) {
      end++;
    }
    return peer(s, start, addressEnd, portStart, end);
  }

  private static Optional<Peer> peerEndingAt(String s, int end) {
    int portStart = end;
    while (portStart > 0 && isDigit(s.charAt(portStart - 1)) && end - portStart < 6) {
      portStart--;
    }
    int addressEnd = portStart - " port ".length();
    if (addressEnd < 1 || !s.startsWith(" port ", addressEnd)) {
      return Optional.empty();
    }
    int start = addressEnd;
    while (start > 0 && s.charAt(start - 1) != ' ' && addressEnd - start <= MAX_ADDRESS) {
      start--;
    }
    return isAddress(s, start, addressEnd)
        ? peer(s, start, addressEnd, portStart, end)
        : Optional.empty();
  }

  private static Optional<Peer> peer(String s, int start, int addressEnd, int portStart, int end) {
    var port = number(s.substring(portStart, end), 65535);
    return port.isPresent()
        ? Optional.of(new Peer(s.substring(start, addressEnd), port.getAsInt(), start, end))
        : Optional.empty();
  }

  /// Whether this is a numeric address, or the `UNKNOWN` that sshd logs if its input is not a
  /// socket.
  private static boolean isAddress(String s, int start, int end) {
    int length = end - start;
    if (length < 2 || length > MAX_ADDRESS) {
      return false;
    }
    if (length == "UNKNOWN".length() && s.startsWith("UNKNOWN", start)) {
      return true;
    }
    boolean separator = false;
    for (int i = start; i < end; i++) {
      char c = s.charAt(i);
      if (c == '%') {
        return separator;
      }
      separator |= c == '.' || c == ':';
      if ((c != '.' && c != ':' && Character.digit(c, 16) < 0) || c > 'f') {
        return false;
      }
    }
    return separator;
  }

  /// The value of one to ten decimal digits.
  private static OptionalInt number(String digits, int max) {
    if (digits.isEmpty() || digits.length() > 10) {
      return OptionalInt.empty();
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      if (!isDigit(digits.charAt(i))) {
        return OptionalInt.empty();
      }
      value = value * 10 + (digits.charAt(i) - '0');
    }
    return value <= max ? OptionalInt.of((int) value) : OptionalInt.empty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
