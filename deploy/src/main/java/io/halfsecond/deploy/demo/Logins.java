package io.halfsecond.deploy.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Logs in to a [PrivateSshd] with the system's `ssh`, in the ways that are common. Safe for use by
/// several threads.
public final class Logins {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Exit status of ssh on its own errors, including a refused login (ssh(1), "EXIT STATUS").
  private static final int REFUSED = 255;

  /// A way to log in.
  public enum Kind {
    /** A user who does not exist. */
    UNKNOWN_USER,
    /** root, with a key that is not authorised. */
    BAD_KEY,
    /** root, with the authorised key; runs `true`. */
    GOOD_KEY;

    private static final List<Kind> ROTATION = List.of(UNKNOWN_USER, BAD_KEY, GOOD_KEY);

    /// The kind of the n-th login in rotation.
    static Kind inRotation(int n) {
      return ROTATION.get(n % ROTATION.size());
    }
  }

  private final PrivateSshd sshd;
  private final Path ssh;

  /// @throws IOException if ssh is not installed
  public Logins(PrivateSshd sshd) throws IOException {
    this.sshd = sshd;
    this.ssh =
        Commands.find("ssh").orElseThrow(() -> new IOException("no ssh: install openssh-client"));
  }

  /// Logs in once and waits for the end.
  ///
  /// @return whether it ended as expected of its kind
  public boolean attempt(Kind kind) throws IOException, InterruptedException {
    var process = start(kind);
    try {
      return process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          && process.exitValue() == (kind == Kind.GOOD_KEY ? 0 : REFUSED);
    } finally {
      Commands.end(process.toHandle());
    }
  }

  /// Starts a login and returns at once; the caller waits for it and ends it.
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
