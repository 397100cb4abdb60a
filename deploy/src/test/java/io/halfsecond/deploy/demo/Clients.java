package io.halfsecond.deploy.demo;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients of one [SshdInNamespace], each connection from a loopback address of its own, so that
/// address and port are known without asking sshd, and no address collects penalties.
///
/// The system's `ssh` connects to a relay, which connects to sshd.
final class Clients implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  /// Where a connection came from.
  record Peer(String address, int port) {}

  private final SshdInNamespace sshd;
  private final List<Peer> peers = new ArrayList<>();
  private final List<Relay> relays = new ArrayList<>();

  Clients(SshdInNamespace sshd) {
    this.sshd = sshd;
  }

  SshdInNamespace sshd() {
    return sshd;
  }

  /// Where its connections came from, in the order in which they were begun.
  List<Peer> peers() {
    synchronized (peers) {
      return List.copyOf(peers);
    }
  }

  /// Connects and says nothing.
  Socket connect() throws IOException {
    return connect(reserve());
  }

  /// @return the place of a connection among the peers
  private int reserve() {
    int n = ADDRESSES.getAndIncrement();
    synchronized (peers) {
      peers.add(new Peer("127.77.%d.%d".formatted(n / 250, 1 + n % 250), 0));
      return peers.size() - 1;
    }
  }

  private Socket connect(int place) throws IOException {
    var from = peers().get(place).address();
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sshd.port()));
    socket.setSoTimeout((int) LIMIT.toMillis());
    synchronized (peers) {
      peers.set(place, new Peer(from, socket.getLocalPort()));
    }
    return socket;
  }

  /// Connects, says this, and reads until sshd hangs up.
  void say(String text) throws IOException {
    try (var socket = connect()) {
      send(socket, text);
      drain(socket.getInputStream());
    }
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Reads until sshd hangs up, which may be by a reset.
  static void drain(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException _) {
      // Reset.
    }
  }

  /// Waits until sshd has identified itself and offers key exchange: its preauth child does that.
  static void awaitKeyExchange(Socket socket) throws IOException {
    awaitBanner(socket);
    if (socket.getInputStream().read() == -1) {
      throw new IOException("sshd hung up instead of offering key exchange");
    }
  }

  /// Waits until sshd has identified itself.
  static void awaitBanner(Socket socket) throws IOException {
    int read;
    do {
      read = socket.getInputStream().read();
    } while (read != '\n' && read != -1);
  }

  /// Runs `ssh` to its end.
  ///
  /// @return its exit status
  int ssh(String key, String user, List<String> options, String... command)
      throws IOException, InterruptedException {
    return await(start(Duration.ZERO, key, user, options, command));
  }

  static int await(Process client) throws InterruptedException {
    try {
      if (!client.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("a client did not end within " + LIMIT);
      }
      return client.exitValue();
    } finally {
      Commands.end(client.toHandle());
    }
  }

  /// Starts `ssh`, which logs in with a key only.
  ///
  /// @param delay what the client sends first comes so much later
  Process start(Duration delay, String key, String user, List<String> options, String... command)
      throws IOException {
    var line = new ArrayList<>(List.of("ssh"));
    line.addAll(common(key));
    line.addAll(List.of("-o", "BatchMode=yes"));
    line.addAll(options);
    line.addAll(List.of("-p", relay(delay), "-l", user, "127.0.0.1"));
    line.addAll(List.of(command));
    return run(line, "");
  }

  /// Runs `ssh`, which logs in by typing a password.
  int type(String password, String method, String user, String... command)
      throws IOException, InterruptedException {
    var line = new ArrayList<>(List.of("ssh"));
    line.addAll(common(sshd.badKey()));
    line.addAll(
        List.of(
            "-o", "PubkeyAuthentication=no",
            "-o", "PreferredAuthentications=" + method,
            "-o", "NumberOfPasswordPrompts=1"));
    line.addAll(List.of("-p", relay(Duration.ZERO), "-l", user, "127.0.0.1"));
    line.addAll(List.of(command));
    return await(run(line, password));
  }

  /// Runs a command over the connection of a master, once that is there.
  ///
  /// @param control the option that names the master's socket
  void over(String control, String user, String command) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    // Without a master, ssh would connect to this port, where nothing listens.
    var line =
        List.of("ssh", "-F", "none", "-o", control, "-p", "1", "-l", user, "127.0.0.1", command);
    while (await(run(line, "")) != 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("no session over the master within " + LIMIT);
      }
      Thread.sleep(20);
    }
  }

  /// Logs in with a client that takes every text as a user name.
  ///
  /// @param prepare sets the key or the password
  /// @param loggedIn what is done once logged in
  /// @return whether it was let in
  boolean log(String user, Preparation prepare, Preparation loggedIn) throws Exception {
    var jsch = new JSch();
    jsch.addIdentity(sshd.goodKey());
    var session = jsch.getSession(user, "127.0.0.1", sshd.port());
    session.setConfig("StrictHostKeyChecking", "no");
    session.setConfig("PreferredAuthentications", "publickey");
    session.setSocketFactory(new Sockets());
    prepare.to(session);
    try {
      session.connect((int) LIMIT.toMillis());
    } catch (JSchException _) {
      return false;
    }
    loggedIn.to(session);
    session.disconnect();
    return true;
  }

  /// Something done to a session.
  @FunctionalInterface
  interface Preparation {
    void to(Session session) throws Exception;
  }

  private final class Sockets implements SocketFactory {
    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return connect();
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
      return socket.getOutputStream();
    }
  }

  /// Runs another client of OpenSSH's, which takes the port by `-P`.
  int transfer(String program, List<String> options, String... operands)
      throws IOException, InterruptedException {
    var line = new ArrayList<>(List.of(program));
    line.addAll(common(sshd.goodKey()));
    line.addAll(options);
    line.addAll(List.of("-P", relay(Duration.ZERO)));
    line.addAll(List.of(operands));
    return await(run(line, ""));
  }

  private static List<String> common(String key) {
    var options = new ArrayList<>(List.of("-F", "none", "-i", key));
    for (var each :
        List.of(
            "UserKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=no",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "LogLevel=ERROR")) {
      options.addAll(List.of("-o", each));
    }
    return options;
  }

  private Process run(List<String> line, String password) throws IOException {
    var askpass = sshd.directory().resolve("askpass");
    if (Files.notExists(askpass)) {
      Files.writeString(askpass, "#!/bin/sh\necho \"$TYPED\"\n");
      Files.setPosixFilePermissions(askpass, PosixFilePermissions.fromString("rwx------"));
    }
    var builder = new ProcessBuilder(line);
    builder.environment().put("SSH_ASKPASS", askpass.toString());
    builder.environment().put("SSH_ASKPASS_REQUIRE", "force");
    builder.environment().put("TYPED", password);
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// @return the port of a relay to sshd for one client
  private String relay(Duration delay) throws IOException {
    var relay = new Relay(delay);
    synchronized (relays) {
      relays.add(relay);
    }
    return Integer.toString(relay.listening.getLocalPort());
  }

  private final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final Duration delay;
    private final int place = reserve();

    private Relay(Duration delay) throws IOException {
      this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      this.delay = delay;
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      try (var client = listening.accept();
          var server = connect(place)) {
        server.setSoTimeout(0);
        var up = Thread.ofVirtual().start(() -> copy(client, server, delay));
        copy(server, client, Duration.ZERO);
        up.join();
      } catch (IOException _) {
        // Closed without a client, or sshd is gone; the client sees it.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private static void copy(Socket from, Socket to, Duration delay) {
      try {
        Thread.sleep(delay);
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException _) {
        // Reset.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      try {
        to.shutdownOutput();
      } catch (IOException _) {
        // Closed.
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (var relay : relays) {
      relay.close();
    }
  }

  /// A file for a transfer.
  Path file() throws IOException {
    return Files.writeString(sshd.directory().resolve("transferred"), "text\n");
  }
}
