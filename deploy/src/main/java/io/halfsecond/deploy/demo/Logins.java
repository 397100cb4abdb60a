package io.halfsecond.deploy.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Logs in to a [PrivateSshd] with the system's `ssh`, in the ways that sshd meets all day. Safe
/// for use by several threads.
public final class Logins {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// What ssh ends with on an error of its own, a refused login included (ssh(1), "EXIT STATUS").
  private static final int REFUSED = 255;

  /// A way to log in.
  public enum Kind {
    /** A name that no account has. */
    UNKNOWN_USER,
    /** root, with a key that nobody may use. */
    BAD_KEY,
    /** root, with the right key; runs `true`. */
    GOOD_KEY;

    private static final List<Kind> ROTATION = List.of(UNKNOWN_USER, BAD_KEY, GOOD_KEY);

    /// The kind of the n-th login when all take turns.
    static Kind inRotation(int n) {
      return ROTATION.get(n % ROTATION.size());
    }
  }

  private final PrivateSshd sshd;
  private final Path ssh;

  /// @throws IOException if there is no ssh
  public Logins(PrivateSshd sshd) throws IOException {
    this.sshd = sshd;
    this.ssh =
        Commands.find("ssh").orElseThrow(() -> new IOException("no ssh: install openssh-client"));
  }

  /// Logs in once and waits for the end of it.
  ///
  /// @return whether it ended as its kind should
  public boolean attempt(Kind kind) throws IOException, InterruptedException {
    var process = start(kind);
    try {
      return process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          && process.exitValue() == (kind == Kind.GOOD_KEY ? 0 : REFUSED);
    } finally {
      Commands.end(process.toHandle());
    }
  }

  /// Begins a login and returns at once; the caller waits for it and ends it.
  public Process start(Kind kind) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ssh.toString(),
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "LogLevel=ERROR",
                "-p",
                Integer.toString(sshd.port()),
                "-i",
                switch (kind) {
                  case UNKNOWN_USER, BAD_KEY -> sshd.badKey().toString();
                  case GOOD_KEY -> sshd.goodKey().toString();
                }));
    command.add(
        switch (kind) {
          case UNKNOWN_USER -> "nonexistent@127.0.0.1";
          case BAD_KEY, GOOD_KEY -> "root@127.0.0.1";
        });
    command.add("true");
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
