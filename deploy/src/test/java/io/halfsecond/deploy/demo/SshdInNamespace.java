package io.halfsecond.deploy.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// An sshd of any version, as a host of its own would run it: with users, PAM and a syslog daemon.
/// It runs in a mount namespace where `/etc/passwd`, `/dev/log` and what logins write are private,
/// so that the machine is not changed.
///
/// The users are alice (key, certificate, password), carol (keys by AuthorizedKeysCommand), eve
/// (refused by DenyUsers) and root (key only).
///
/// **Assumes** root, and the PAM configuration of Debian's openssh-server.
final class SshdInNamespace implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  /// Of the password, as crypt(5) writes it.
  private static final String PASSWORD_HASH =
      "$6$halfsecond$lCtRH5vvc.6PXZrB9dDAcde8bWMxl8YeENrIb9ud61IYlqXUIysZshSDixBCkb6gz89W43euNNsZ1PmQvraNH0";

  /// Longer than thirty logins at once take on a busy machine.
  static final Duration LOGIN_GRACE = Duration.ofSeconds(25);

  static final int MAX_AUTH_TRIES = 3;

  static final int MAX_STARTUPS = 200;

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Pattern VERSION = Pattern.compile("OpenSSH_(\\d+)\\.(\\d+)(p\\d+)?");
  private static final int FIRST_UID = 54301;
  private static final List<String> USERS = List.of("alice", "carol", "eve");

  private final Path directory;
  private final Path sshd;
  private final int port;
  private final SyslogSocket syslog;
  private Optional<Process> process = Optional.empty();
  private int keys;

  /// @param name as sshd says it, for example 9.9p2
  record Version(int major, int minor, String name) {
    boolean atLeast(int otherMajor, int otherMinor) {
      return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }
  }

  private SshdInNamespace(Path directory, Path sshd, int port) throws IOException {
    this.directory = directory;
    this.sshd = sshd;
    this.port = port;
    this.syslog = SyslogSocket.open(directory.resolve("syslog"), log());
  }

  /// Creates keys, users and configuration and starts sshd.
  ///
  /// @param directory an empty directory, or one with a file `pam` for sshd's PAM configuration
  /// @param sshd the program
  /// @param logLevel for example VERBOSE
  static SshdInNamespace start(Path directory, Path sshd, String logLevel)
      throws IOException, InterruptedException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    // AuthorizedKeysCommand runs as nobody.
    for (var each : List.of(directory.getParent(), directory)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx--x--x"));
    }
    var started = new SshdInNamespace(directory, sshd, port);
    try {
      started.makeKeys();
      started.makeUsers();
      started.writeConfig(logLevel);
      started.start();
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private void makeKeys() throws IOException, InterruptedException {
    for (var key : List.of("host_key", "good_key", "bad_key", "ca")) {
      makeKey(key);
    }
    var authorized = Files.createDirectory(directory.resolve("keys"));
    Files.setPosixFilePermissions(authorized, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (var user : List.of("root", "alice", "carol", "eve")) {
      Files.copy(directory.resolve("good_key.pub"), authorized.resolve(user));
      Files.setPosixFilePermissions(
          authorized.resolve(user), PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  private Path makeKey(String name) throws IOException, InterruptedException {
    Commands.run(
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file(name)));
    return directory.resolve(name);
  }

  /// A new private key that is not authorised.
  Path newKey() throws IOException, InterruptedException {
    return makeKey("key" + keys++);
  }

  /// A new key with a certificate of alice's.
  ///
  /// @return the private key that it belongs to
  String certificate(String keyId) throws IOException, InterruptedException {
    var key = newKey();
    Commands.run(
        List.of("ssh-keygen", "-q", "-s", file("ca"), "-I", keyId, "-n", "alice", key + ".pub"));
    return key.toString();
  }

  private void makeUsers() throws IOException {
    var passwd = new StringBuilder(Files.readString(Path.of("/etc/passwd")));
    var shadow = new StringBuilder(Files.readString(Path.of("/etc/shadow")));
    for (int i = 0; i < USERS.size(); i++) {
      var user = USERS.get(i);
      var home = Files.createDirectory(directory.resolve("home-" + user));
      Files.setAttribute(home, "unix:uid", FIRST_UID + i);
      passwd.append("%s:x:%d:65534::%s:/bin/sh%n".formatted(user, FIRST_UID + i, home));
      shadow.append("%s:%s:19000:0:99999:7:::%n".formatted(user, PASSWORD_HASH));
    }
    Files.writeString(directory.resolve("passwd"), passwd);
    Files.setPosixFilePermissions(
        directory.resolve("passwd"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(directory.resolve("shadow"), shadow);
    Files.setPosixFilePermissions(
        directory.resolve("shadow"), PosixFilePermissions.fromString("rw-------"));
  }

  private void writeConfig(String logLevel) throws IOException {
    Files.writeString(
        config(),
        """
        ListenAddress 127.0.0.1:%1$d
        HostKey %2$s/host_key
        AuthorizedKeysFile %2$s/keys/%%u
        TrustedUserCAKeys %2$s/ca.pub
        PidFile none
        StrictModes no
        PermitRootLogin prohibit-password
        UsePAM yes
        LogLevel %3$s
        LoginGraceTime %4$d
        MaxAuthTries %5$d
        MaxStartups %6$d
        DenyUsers eve
        Subsystem sftp internal-sftp
        Match User carol
          AuthorizedKeysFile none
          AuthorizedKeysCommand /bin/cat %2$s/keys/carol
          AuthorizedKeysCommandUser nobody
        """
            .formatted(
                port, directory, logLevel, LOGIN_GRACE.toSeconds(), MAX_AUTH_TRIES, MAX_STARTUPS));
  }

  private void start() throws IOException, InterruptedException {
    var enter = directory.resolve("enter.sh");
    Files.writeString(
        enter,
        """
        set -e
        cd %1$s
        mount --bind passwd /etc/passwd
        mount --bind shadow /etc/shadow
        if [ -e pam ]; then mount --bind pam /etc/pam.d/sshd; fi
        mount -t tmpfs -o mode=755 tmpfs /run
        mkdir /run/sshd
        mount -t tmpfs -o mode=755 tmpfs /var/log
        mkdir dev
        mount --rbind /dev dev
        mount -t tmpfs -o mode=755 tmpfs /dev
        for node in null zero full random urandom tty ptmx; do
          : >/dev/$node
          mount --bind dev/$node /dev/$node
        done
        mkdir /dev/pts
        mount --rbind dev/pts /dev/pts
        ln -s /proc/self/fd /dev/fd
        ln -s %1$s/syslog /dev/log
        exec %2$s -D -f %3$s
        """
            .formatted(directory, sshd, config()));
    var output = directory.resolve("output");
    var builder =
        new ProcessBuilder(
            "unshare", "--mount", "--propagation", "private", "sh", enter.toString());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    var started =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .redirectErrorStream(true)
            .start();
    process = Optional.of(started);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!logged().contains("Server listening on")) {
      if (started.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
        throw new IOException(
            "%s did not start: %s%s".formatted(sshd, Files.readString(output), logged()));
      }
    }
  }

  /// A program of the OpenSSH to test: in the prefix that the property `halfsecond.sshd` names, or
  /// the machine's own.
  static Path program(String path) {
    var prefix = Optional.ofNullable(System.getProperty("halfsecond.sshd")).map(Path::of);
    var name = Path.of(path).getFileName().toString();
    return prefix.map(of -> of.resolve(path)).or(() -> Commands.find(name)).orElseThrow();
  }

  /// The version of OpenSSH.
  ///
  /// @param ssh its client; not every sshd prints its version
  static Version version(Path ssh) throws IOException, InterruptedException {
    var said = Commands.run(List.of(ssh.toString(), "-V"));
    var version = VERSION.matcher(said);
    if (!version.find()) {
      throw new IOException("%s -V names no version of OpenSSH: %s".formatted(ssh, said));
    }
    return new Version(
        Integer.parseInt(version.group(1)),
        Integer.parseInt(version.group(2)),
        version.group().substring("OpenSSH_".length()));
  }

  /// The process that serves the only connection.
  ProcessHandle monitor() {
    return monitors().getFirst();
  }

  /// How many connections it has accepted that are still there.
  int connections() {
    return monitors().size();
  }

  /// The processes below it.
  Stream<ProcessHandle> descendants() {
    return process.orElseThrow().toHandle().descendants();
  }

  /// Waits until no connection is left, also none that sshd has not accepted yet.
  void awaitIdle() throws IOException, InterruptedException {
    int idle = 0;
    // Between accepting a connection and forking for it sshd looks idle.
    while (idle < 5) {
      Thread.sleep(10);
      idle = monitors().isEmpty() && !hasUnaccepted() ? idle + 1 : 0;
    }
  }

  /// By proc(5): the receive queue of a socket that listens is the number of connections that wait
  /// to be accepted.
  private boolean hasUnaccepted() throws IOException {
    var queue = "0100007F:%04X 00000000:0000 0A 00000000:".formatted(port);
    return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
        .anyMatch(line -> line.contains(queue) && !line.contains(queue + "00000000"));
  }

  private List<ProcessHandle> monitors() {
    return process.orElseThrow().toHandle().children().toList();
  }

  Path config() {
    return directory.resolve("sshd_config");
  }

  /// What its syslog daemon wrote.
  Path log() {
    return directory.resolve("auth.log");
  }

  /// As [SyslogSocket#withhold].
  void withholdLines(boolean on) {
    syslog.withhold(on);
  }

  /// As [SyslogSocket#rotate].
  void rotateLog(Path to) throws IOException {
    syslog.rotate(to);
  }

  private String logged() throws IOException {
    return Files.readString(log(), StandardCharsets.ISO_8859_1);
  }

  int port() {
    return port;
  }

  /// A new directory for files of a client's.
  Path directory() {
    return directory;
  }

  String goodKey() {
    return file("good_key");
  }

  String badKey() {
    return file("bad_key");
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public void close() throws IOException {
    process.map(Process::toHandle).ifPresent(Commands::end);
    process = Optional.empty();
    syslog.close();
  }
}
