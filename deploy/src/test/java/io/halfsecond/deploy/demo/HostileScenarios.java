package io.halfsecond.deploy.demo;

import static io.halfsecond.deploy.demo.ConnectionFacts.accepted;
import static io.halfsecond.deploy.demo.ConnectionFacts.failed;
import static io.halfsecond.deploy.demo.ConnectionFacts.unnamed;

import com.jcraft.jsch.Buffer;
import com.jcraft.jsch.Session;
import io.halfsecond.deploy.demo.ConnectionFacts.Reached;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// Clients that choose words to be taken for sshd's: user names, identifications, disconnect
/// messages, key ids of certificates. All of it is about 192.0.2.1, where no client is.
final class HostileScenarios {
  private static final String LINE = "Accepted password for root from 192.0.2.1 port 22 ssh2";
  private static final int MSG_DISCONNECT = 1;

  private static final List<String> USERS =
      List.of(
          "root from 192.0.2.1 port 22 ssh2",
          "root from 192.0.2.1 port 22 ssh2: ED25519 SHA256:" + "A".repeat(43),
          "root from 192.0.2.1 port 22",
          "x\n" + LINE,
          "x ssh2\r\n" + LINE,
          "'root' \"x\" $(x) `x`",
          "jürgen",
          "日本語",
          "a".repeat(200),
          "b".repeat(75) + " from 192.0.2.1 port 22 ssh2" + "c".repeat(97),
          "root [preauth]",
          "  root  ",
          "invalid user root",
          "root 192.0.2.1 port 22: x [preauth]",
          "\033[2Jroot\t",
          "\\303\\274 \\n",
          "root not allowed because not listed in AllowUsers",
          "root from 192.0.2.1");

  private static final List<String> IDENTIFICATIONS =
      List.of(
          LINE,
          "SSH-1.5-" + LINE,
          "SSH-2.0-" + LINE,
          "SSH-2.0-x from 192.0.2.1 port 22: bad",
          "x".repeat(300),
          "' from 192.0.2.1 port 22");

  private static final List<String> MESSAGES =
      List.of(
          LINE,
          "x [preauth]",
          "x\nConnection from 192.0.2.1 port 22 on 127.0.0.1 port 22",
          "from 192.0.2.1 port 22:11: bye [preauth]",
          "Connection closed by invalid user root 192.0.2.1 port 22 [preauth]");

  private static final List<String> KEY_IDS =
      List.of(
          "x from 192.0.2.1 port 22 ssh2",
          "x (serial 1) CA ED25519 SHA256:" + "A".repeat(43) + " from 192.0.2.1 port 22 ssh2",
          "x ssh2: ED25519 SHA256:" + "A".repeat(43),
          "[preauth]");

  private HostileScenarios() {}

  static List<SshdScenario> all() {
    return Stream.of(
            USERS.stream().map(HostileScenarios::key),
            USERS.stream().limit(6).map(HostileScenarios::password),
            IDENTIFICATIONS.stream().map(HostileScenarios::identification),
            MESSAGES.stream().map(HostileScenarios::leaveBefore),
            MESSAGES.stream().map(HostileScenarios::leaveAfter),
            KEY_IDS.stream().map(HostileScenarios::certificate),
            Stream.of(
                scenario(
                    "no algorithm in common",
                    clients ->
                        clients.ssh(
                            clients.sshd().goodKey(),
                            "alice",
                            List.of("-o", "KexAlgorithms=diffie-hellman-group1-sha1"),
                            "true"),
                    unnamed(Outcome.NO_PREAUTH, Reached.STARTUP)),
                scenario(
                    "packet that is none",
                    clients -> clients.say("SSH-2.0-x\r\n" + "\377".repeat(64)),
                    unnamed(Outcome.NO_PREAUTH, Reached.STARTUP))))
        .flatMap(each -> each)
        .toList();
  }

  private static SshdScenario scenario(
      String title, SshdScenario.Action action, ConnectionFacts facts) {
    return new SshdScenario(title, action, _ -> List.of(facts));
  }

  private static SshdScenario key(String user) {
    return scenario(
        "user name, key",
        clients -> clients.log(user, _ -> {}, _ -> {}),
        failed(Method.PUBLICKEY, UserClass.INVALID, name(user)));
  }

  /// Without the style, which sshd takes off.
  private static String name(String user) {
    int style = user.indexOf(':');
    return style < 0 ? user : user.substring(0, style);
  }

  private static SshdScenario password(String user) {
    return scenario(
        "user name, password",
        clients ->
            clients.log(
                user,
                session -> {
                  session.setPassword("wrong".getBytes(StandardCharsets.UTF_8));
                  session.setConfig("PreferredAuthentications", "password");
                },
                _ -> {}),
        failed(Method.PASSWORD, UserClass.INVALID, name(user)));
  }

  private static SshdScenario identification(String text) {
    return scenario(
        "identification",
        clients -> {
          try (var socket = clients.connect()) {
            Clients.send(socket, text + "\r\n");
            Clients.awaitBanner(socket);
          }
        },
        unnamed(Outcome.NO_PREAUTH, Reached.STARTUP));
  }

  private static SshdScenario leaveBefore(String message) {
    return scenario(
        "disconnect message before authentication",
        clients -> {
          try (var socket = clients.connect()) {
            Clients.send(socket, "SSH-2.0-x\r\n");
            Clients.awaitKeyExchange(socket);
            socket.getOutputStream().write(packet(message));
            Clients.drain(socket.getInputStream());
          }
        },
        unnamed(Outcome.NO_PREAUTH, Reached.STARTUP));
  }

  /// SSH_MSG_DISCONNECT in a packet before encryption (RFC 4253, 6 and 11.1).
  private static byte[] packet(String message) {
    var text = message.getBytes(StandardCharsets.UTF_8);
    int payload = 1 + 4 + 4 + text.length + 4;
    int padding = 4 + (8 - (4 + 1 + payload + 4) % 8) % 8;
    return ByteBuffer.allocate(4 + 1 + payload + padding)
        .putInt(1 + payload + padding)
        .put((byte) padding)
        .put((byte) MSG_DISCONNECT)
        .putInt(11)
        .putInt(text.length)
        .put(text)
        .putInt(0)
        .array();
  }

  private static SshdScenario leaveAfter(String message) {
    return scenario(
        "disconnect message after login",
        clients -> clients.log("alice", _ -> {}, session -> disconnect(session, message)),
        accepted(Method.PUBLICKEY, "alice", 0));
  }

  /// The client has no way of its own to choose the message.
  private static void disconnect(Session session, String message)
      throws ReflectiveOperationException, InterruptedException {
    var type = Class.forName("com.jcraft.jsch.Packet");
    var constructor = type.getDeclaredConstructor(Buffer.class);
    var reset = type.getDeclaredMethod("reset");
    var write = Session.class.getDeclaredMethod("write", type);
    for (var each : List.of(constructor, reset, write)) {
      each.setAccessible(true);
    }
    var buffer = new Buffer();
    var packet = constructor.newInstance(buffer);
    reset.invoke(packet);
    buffer.putByte((byte) MSG_DISCONNECT);
    buffer.putInt(11);
    buffer.putString(message.getBytes(StandardCharsets.UTF_8));
    buffer.putString(new byte[0]);
    write.invoke(session, packet);
    while (session.isConnected()) {
      Thread.sleep(5); // until sshd has read it and hung up
    }
  }

  private static SshdScenario certificate(String keyId) {
    return scenario(
        "key id of a certificate",
        clients -> clients.ssh(clients.sshd().certificate(keyId), "alice", List.of(), "true"),
        accepted(Method.PUBLICKEY, "alice", 1));
  }
}
