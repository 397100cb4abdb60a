package io.halfsecond.deploy.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes the lines that sshd logs about logins at LogLevel VERBOSE, as they happen.
final class Logins {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Path file;
  private final String host;
  private int count;
  private Duration offset = Duration.ZERO;

  Logins(Path file, String host) {
    this.file = file;
    this.host = host;
    write("");
  }

  /// The clock of the machine is so far ahead of ours.
  void clockIs(Duration ahead) {
    offset = ahead;
  }

  /// So many logins, now.
  void happen(int logins) {
    var lines = new StringBuilder();
    for (int n = 0; n < logins; n++) {
      int pid = 2_000 + count++ % 30_000;
      var peer = "192.0.2.%d port %d".formatted(1 + count % 200, 20_000 + count % 40_000);
      line(lines, pid, "Connection from " + peer + " on 192.0.2.250 port 22 rdomain \"\"");
      line(lines, pid, "Accepted publickey for deploy from " + peer + " ssh2: ED25519 SHA256:0123");
      line(lines, pid, "Disconnected from user deploy " + peer);
    }
    write(lines.toString());
  }

  private void line(StringBuilder lines, int pid, String text) {
    lines.append(
        "%s %s sshd[%d]: %s%n".formatted(ISO.format(Instant.now().plus(offset)), host, pid, text));
  }

  private void write(String text) {
    try {
      Files.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int count() {
    return count;
  }
}
