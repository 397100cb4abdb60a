package io.halfsecond.deploy.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/// Writes the auth.log of a host at LogLevel VERBOSE: logins by key, and a line of another program
/// for each.
public final class AuthLog {
  /// What rsyslog writes by default since 8.2210.
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final double MEDIAN_NANOS = 290e6;
  private static final double SPREAD = 0.05;

  private final String host;
  private final SplittableRandom random;
  private Instant at;
  private Duration slower = Duration.ZERO;
  private int connections;

  /// @param from when the first login is
  public AuthLog(String host, Instant from, long seed) {
    this.host = host;
    this.random = new SplittableRandom(seed);
    this.at = from;
  }

  /// From now on every login takes so much longer.
  public AuthLog slowBy(Duration value) {
    slower = value;
    return this;
  }

  /// Goes on with so many logins, about a minute apart, in a file of their own; compressed if its
  /// name says so.
  public Path write(Path file, int logins) throws IOException {
    try (var out = open(file)) {
      for (int i = 0; i < logins; i++) {
        login(out);
      }
    }
    return Files.setLastModifiedTime(file, FileTime.from(at));
  }

  private static Writer open(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return new BufferedWriter(
        new OutputStreamWriter(
            file.toString().endsWith(".gz") ? new GZIPOutputStream(out) : out,
            StandardCharsets.UTF_8));
  }

  private void login(Writer out) throws IOException {
    int pid = 1_000 + connections++ % 30_000;
    var peer = "192.0.2.%d port 40022".formatted(1 + random.nextInt(5));
    long nanos = (long) (MEDIAN_NANOS * Math.exp(SPREAD * random.nextGaussian()));
    var decided = at.plusNanos(nanos).plus(slower);
    line(
        out,
        at,
        "sshd[%d]: Connection from %s on 192.0.2.99 port 22 rdomain \"\"".formatted(pid, peer));
    line(
        out,
        decided,
        "sshd[%d]: Accepted publickey for deploy from %s ssh2: ED25519 SHA256:0123456789"
            .formatted(pid, peer));
    line(
        out,
        decided.plusMillis(3),
        "systemd-logind[412]: New session %d of user deploy.".formatted(pid));
    at = at.plusMillis(40_000 + random.nextInt(40_000));
  }

  private void line(Writer out, Instant when, String text) throws IOException {
    out.write("%s %s %s%n".formatted(ISO.format(when), host, text));
  }
}
