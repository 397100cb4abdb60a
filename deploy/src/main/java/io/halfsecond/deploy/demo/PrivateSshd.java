package io.halfsecond.deploy.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A second instance of the system's sshd, on a loopback port, with its own configuration, host key
/// and authorised key. It accepts root by that key only, and only from this machine.
///
/// **Assumes** root, and an sshd that links PAM, as Debian's does. Not safe for use by several
/// threads.
public final class PrivateSshd implements AutoCloseable {
  private static final String CONFIG = "sshd_config";

  /// Debian's sshd requires it; the service manager creates it when the system's own sshd starts.
  private static final Path PRIVSEP_DIRECTORY = Path.of("/run/sshd");

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Path directory;
  private final Path sshd;
  private final int port;
  private final boolean madePrivsepDirectory;
  private Optional<Process> process = Optional.empty();

  private PrivateSshd(Path directory, Path sshd, int port, boolean madePrivsepDirectory) {
    this.directory = directory;
    this.sshd = sshd;
    this.port = port;
    this.madePrivsepDirectory = madePrivsepDirectory;
  }

  /// Creates keys and configuration; starts nothing yet.
  ///
  /// @param directory an empty directory of this process's own
  /// @param loginGrace how long a client may take to authenticate
  public static PrivateSshd prepare(Path directory, Duration loginGrace)
      throws IOException, InterruptedException {
    var sshd =
        Commands.find("sshd").orElseThrow(() -> new IOException("no sshd: install openssh-server"));
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    for (var key : List.of("host_key", "good_key", "bad_key")) {
      Commands.run(
          List.of(
              "ssh-keygen",
              "-q",
              "-t",
              "ed25519",
              "-N",
              "",
              "-C",
              "halfsecond-demo",
              "-f",
              directory.resolve(key).toString()));
    }
    Files.copy(directory.resolve("good_key.pub"), directory.resolve("authorized_keys"));
    Files.writeString(
        directory.resolve(CONFIG),
        """
        ListenAddress 127.0.0.1:%1$d
        HostKey %2$s/host_key
        AuthorizedKeysFile %2$s/authorized_keys
        PidFile none
        # The directory belongs to this process, but is below a world-writable one.
        StrictModes no
        PermitRootLogin prohibit-password
        PubkeyAuthentication yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM yes
        PrintMotd no
        LogLevel VERBOSE
        LoginGraceTime %3$d
        # A hundred connections at once are a test, not an attack.
        MaxStartups 200
        """
            .formatted(port, directory, loginGrace.toSeconds()));
    boolean make = Files.notExists(PRIVSEP_DIRECTORY);
    if (make) {
      Files.createDirectory(
          PRIVSEP_DIRECTORY,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    return new PrivateSshd(directory, sshd, port, make);
  }

  /// The same server with another program, which does not run yet.
  public PrivateSshd with(Path program) {
    return new PrivateSshd(directory, program, port, false);
  }

  /// Starts it and returns once it listens. If it is running, it is stopped first; the port stays
  /// the same.
  ///
  /// @param environment variables added to a nearly empty environment
  public void start(Map<String, String> environment) throws IOException, InterruptedException {
    stop();
    Files.deleteIfExists(log());
    var builder =
        new ProcessBuilder(
            sshd.toString(), "-D", "-E", log().toString(), "-f", config().toString());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().putAll(environment);
    var started =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true)
            .start();
    process = Optional.of(started);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    // Read from its log: a connection would be measured.
    while (!logged().contains("Server listening on")) {
      if (started.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
        stop();
        throw new IOException("the private sshd did not start: " + logged().strip());
      }
    }
  }

  /// Its configuration file, which only this sshd has on its command line.
  public Path config() {
    return directory.resolve(CONFIG);
  }

  /// Stops it and every connection it serves.
  public void stop() {
    process.map(Process::toHandle).ifPresent(Commands::end);
    process = Optional.empty();
  }

  @Override
  public void close() throws IOException {
    stop();
    if (madePrivsepDirectory) {
      Files.deleteIfExists(PRIVSEP_DIRECTORY);
    }
  }

  public int port() {
    return port;
  }

  public Path executable() {
    return sshd;
  }

  /// The authorised private key of root.
  public Path goodKey() {
    return directory.resolve("good_key");
  }

  /// A private key that is not authorised.
  public Path badKey() {
    return directory.resolve("bad_key");
  }

  /// Its log file, without pids or times because it does not go through syslog.
  public Path log() {
    return directory.resolve("sshd.log");
  }

  private String logged() throws IOException {
    return Files.exists(log()) ? Files.readString(log()) : "";
  }
}
