package io.halfsecond.deploy.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// What a server says first.
@FunctionalInterface
interface SshGreeting {
  /// The server's identification string; empty if it is no ssh server.
  Optional<String> of(InetSocketAddress address);

  /// By one connection that sends nothing and is closed at once. A server that waits for its client
  /// to speak is left after a second.
  static SshGreeting byConnecting() {
    return address -> {
      try (var socket = new Socket()) {
        int millis = Math.toIntExact(Limits.PATIENCE.toMillis());
        socket.connect(address, millis);
        socket.setSoTimeout(millis);
        var bytes = socket.getInputStream().readNBytes(Limits.PREFIX.length());
        if (!new String(bytes, StandardCharsets.ISO_8859_1).equals(Limits.PREFIX)) {
          return Optional.empty();
        }
        var line = new StringBuilder(Limits.PREFIX);
        for (int c = socket.getInputStream().read();
            c >= ' ' && c < 0x7f && line.length() < Limits.LONGEST;
            c = socket.getInputStream().read()) {
          line.append((char) c);
        }
        return Optional.of(line.toString());
      } catch (IOException _) {
        return Optional.empty();
      }
    };
  }

  /// RFC 4253, section 4.2.
  final class Limits {
    private static final String PREFIX = "SSH-";
    private static final int LONGEST = 253;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Limits() {}
  }
}
