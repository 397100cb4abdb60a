package io.halfsecond.deploy.throughput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/// An auth.log of a host on the Internet: guessed passwords, logins by key, scans, and lines of
/// other programs. A few addresses make most of the connections.
final class OldLog {
  private static final List<String> USERS =
      List.of("admin", "oracle", "test", "ubuntu", "git", "postgres", "user", "ftp");

  private static final int ADDRESSES = 3_000;

  private OldLog() {}

  static void write(Path file, int lines, Random random) throws IOException {
    var addresses =
        IntStream.range(0, ADDRESSES)
            .mapToObj(
                _ ->
                    "%d.%d.%d.%d"
                        .formatted(
                            random.nextInt(11, 200),
                            random.nextInt(256),
                            random.nextInt(256),
                            random.nextInt(1, 255)))
            .toList();
    try (var out = Files.newBufferedWriter(file)) {
      int written = 0;
      long second = 0;
      int pid = 1_000;
      while (written < lines) {
        second += random.nextInt(3);
        pid = pid > 4_000_000 ? 1_000 : pid + random.nextInt(1, 8);
        var from =
            "%s port %d"
                .formatted(
                    addresses.get(
                        (int) Math.min(ADDRESSES - 1, Math.pow(1 - random.nextDouble(), -1.4) - 1)),
                    random.nextInt(1_024, 65_536));
        var stamp =
            String.format(
                Locale.ROOT,
                "Nov %2d %02d:%02d:%02d web-17 ",
                1 + second / 86_400 % 28,
                second / 3_600 % 24,
                second / 60 % 60,
                second % 60);
        for (var line : connection(random, "sshd[" + pid + "]: ", from)) {
          if (written++ < lines) {
            out.write(stamp + line + "\n");
          }
        }
      }
    }
  }

  private static List<String> connection(Random random, String sshd, String from) {
    var begins = sshd + "Connection from " + from + " on 10.0.0.1 port 22 rdomain \"\"";
    int kind = random.nextInt(20);
    if (kind < 7) {
      var user = USERS.get(random.nextInt(USERS.size()));
      return List.of(
          begins,
          sshd + "Invalid user %s from %s".formatted(user, from),
          sshd + "Failed password for invalid user %s from %s ssh2".formatted(user, from),
          sshd + "Connection closed by invalid user %s %s [preauth]".formatted(user, from));
    }
    if (kind < 14) {
      return List.of(
          begins,
          sshd
              + "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser="
              + " rhost=%s  user=root".formatted(from.substring(0, from.indexOf(' '))),
          sshd + "Failed password for root from %s ssh2".formatted(from),
          sshd + "Received disconnect from %s:11: Bye Bye [preauth]".formatted(from),
          sshd + "Disconnected from authenticating user root %s [preauth]".formatted(from));
    }
    if (kind < 18) {
      return List.of(
          begins,
          sshd
              + "Accepted publickey for deploy from %s ssh2: ED25519 SHA256:AAAAB3NzaC1lZDI1NTE5"
                  .formatted(from),
          sshd + "pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)",
          "systemd-logind[700]: New session 17 of user deploy.",
          sshd + "Disconnected from user deploy %s".formatted(from),
          sshd + "pam_unix(sshd:session): session closed for user deploy");
    }
    return List.of(
        "CRON[77]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
        "CRON[77]: pam_unix(cron:session): session closed for user root",
        begins,
        sshd + "banner exchange: Connection from %s: invalid format".formatted(from));
  }
}
