package io.halfsecond.deploy.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A syslog daemon: the socket that syslog(3) writes to, and the file that its messages go to, in
/// the frame that rsyslog writes (`RSYSLOG_FileFormat`).
///
/// Java has no datagram sockets in the file system. syslog(3) tries a datagram first and takes a
/// stream where that is refused; there each message ends with a zero byte.
final class SyslogSocket implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

  private static final Pattern PROCESS = Pattern.compile("\\[\\d+]: ");

  /// `Nov 29 15:20:01 `, which syslog(3) writes after the priority.
  private static final int TIME_LENGTH = 16;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final Path log;
  private final Thread thread;
  private volatile boolean closing;
  private OutputStream file;
  private boolean withholding;
  private final Set<String> withheld = new HashSet<>();
  private final Set<String> passed = new HashSet<>();

  /// Open connections in the order in which they were made. One process sends one message after the
  /// other, each over a connection of its own, so that their order in the file is right.
  private final List<Sender> senders = new ArrayList<>();

  private record Sender(SocketChannel channel, ByteArrayOutputStream pending) {}

  private SyslogSocket(Path socket, Path log) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 128);
    // sshd logs as the user, too.
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    server.configureBlocking(false);
    selector = Selector.open();
    server.register(selector, SelectionKey.OP_ACCEPT);
    this.log = log;
    file = Files.newOutputStream(log, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    thread = Thread.ofPlatform().name("syslog").start(this::run);
  }

  /// @param socket where the socket is made
  /// @param log the file, which must not exist
  static SyslogSocket open(Path socket, Path log) throws IOException {
    return new SyslogSocket(socket, log);
  }

  private void run() {
    try {
      var buffer = ByteBuffer.allocate(1 << 16);
      while (!closing) {
        selector.select();
        selector.selectedKeys().clear();
        for (var channel = server.accept(); channel != null; channel = server.accept()) {
          channel.configureBlocking(false);
          channel.register(selector, SelectionKey.OP_READ);
          senders.add(new Sender(channel, new ByteArrayOutputStream()));
        }
        for (var sender : List.copyOf(senders)) {
          read(sender, buffer);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Sender sender, ByteBuffer buffer) throws IOException {
    int count;
    while ((count = sender.channel().read(buffer.clear())) > 0) {
      for (byte each : bytes(buffer.flip())) {
        if (each == 0) {
          write(sender.pending().toString(StandardCharsets.ISO_8859_1));
          sender.pending().reset();
        } else {
          sender.pending().write(each);
        }
      }
    }
    if (count < 0) {
      sender.channel().close();
      senders.remove(sender);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /// From now on, loses all lines of processes that have logged nothing yet; or no more processes.
  synchronized void withhold(boolean on) {
    withholding = on;
  }

  /// Rotates the file by renaming it.
  ///
  /// @param to the name that it gets
  synchronized void rotate(Path to) throws IOException {
    Files.move(log, to);
    file.close();
    file = Files.newOutputStream(log, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
  }

  private synchronized void write(String message) throws IOException {
    var process = PROCESS.matcher(message);
    if (process.find()) {
      if (withholding && !passed.contains(process.group())) {
        withheld.add(process.group());
      }
      if (withheld.contains(process.group())) {
        return;
      }
      passed.add(process.group());
    }
    int textStart = message.indexOf('>') + 1 + TIME_LENGTH;
    var line = new StringBuilder();
    line.append(OffsetDateTime.now(ZoneOffset.UTC).format(TIME)).append(" host ");
    // rsyslog writes control characters like this.
    message
        .substring(textStart)
        .stripTrailing()
        .chars()
        .forEach(
            c ->
                line.append(c < ' ' || c == 127 ? "#%03o".formatted(c) : String.valueOf((char) c)));
    file.write(line.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    closing = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    selector.close();
    for (var sender : senders) {
      sender.channel().close();
    }
    server.close();
    file.close();
  }
}
