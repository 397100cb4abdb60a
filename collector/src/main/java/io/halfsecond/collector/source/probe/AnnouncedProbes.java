package io.halfsecond.collector.source.probe;

import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Learns from other processes of this host which connections to sshd are their probes, so that
/// these are not taken for logins. A client writes `began PORT`, `identified PORT` and `left PORT`,
/// a line each, to a socket in the file system; `began` is answered by `ok`, after which the client
/// connects to sshd.
///
/// **Guarantees** to believe root and the collector's own user only, by the kernel's word
/// (SO_PEERCRED): nobody else can announce a connection. Where the socket cannot be made, announced
/// probes count as logins, and the state says so.
public final class AnnouncedProbes implements Source {
  static final String BEGAN = "began";
  static final String IDENTIFIED = "identified";
  static final String LEFT = "left";
  static final String OK = "ok\n";

  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedProbes.class);
  private static final int LONGEST_LINE = 32;
  private static final int MOST_CLIENTS = 16;
  private static final int LARGEST_PORT = 65_535;
  private static final long RETRY_NANOS = 100_000_000;

  private final Path socket;
  private final SourceMeter meter = new SourceMeter();
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocketChannel server;

  /// @param stateDirectory of the collector
  public AnnouncedProbes(Path stateDirectory) {
    this.socket = socket(stateDirectory);
    meter.become(Condition.STOPPED, "not started");
  }

  /// Where the collector with this state directory listens.
  static Path socket(Path stateDirectory) {
    return stateDirectory.resolve("probes.sock");
  }

  @Override
  public SourceMeter meter() {
    return meter;
  }

  @Override
  public synchronized void start(EventSink sink) {
    if (server != null) {
      throw new IllegalStateException("started already");
    }
    try {
      Files.createDirectories(socket.getParent());
      // Left by a collector that did not end properly.
      Files.deleteIfExists(socket);
      var opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      opened.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      var trusted = Set.copyOf(List.of(root(), Files.getOwner(socket)));
      server = opened;
      Thread.ofVirtual().name("halfsecond-announced").start(() -> accept(opened, trusted, sink));
      meter.become(Condition.RUNNING, "takes what halfsecond probe announces");
    } catch (IOException | UnsupportedOperationException e) {
      meter.become(
          Condition.DEGRADED,
          "cannot listen at %s (%s): connections of halfsecond probe count as logins"
              .formatted(socket, e.getMessage()));
    }
  }

  private UserPrincipal root() throws IOException {
    return socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root");
  }

  @Override
  public synchronized void close() {
    var opened = server;
    if (opened == null) {
      return;
    }
    server = null;
    try {
      opened.close();
      for (var client : clients) {
        client.close();
      }
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("closing {}: {}", socket, e.toString());
    }
    meter.become(Condition.STOPPED, "closed");
  }

  private void accept(ServerSocketChannel opened, Set<UserPrincipal> trusted, EventSink sink) {
    while (opened.isOpen()) {
      try {
        var client = opened.accept();
        if (clients.size() < MOST_CLIENTS && trusts(client, trusted)) {
          clients.add(client);
          Thread.ofVirtual().start(() -> serve(client, sink));
        } else {
          client.close();
        }
      } catch (IOException | RuntimeException e) {
        // Closed, or out of file descriptors: the next client is tried.
        LOG.debug("accepting at {}: {}", socket, e.toString());
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private static boolean trusts(SocketChannel client, Set<UserPrincipal> trusted)
      throws IOException {
    return trusted.contains(client.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
  }

  private void serve(SocketChannel client, EventSink sink) {
    try (client) {
      var input = Channels.newInputStream(client);
      var line = new StringBuilder();
      for (int c = input.read(); c >= 0 && line.length() <= LONGEST_LINE; c = input.read()) {
        if (c != '\n') {
          line.append((char) c);
          continue;
        }
        if (!take(line.toString(), sink)) {
          return;
        }
        if (line.toString().startsWith(BEGAN)) {
          client.write(ByteBuffer.wrap(OK.getBytes(StandardCharsets.US_ASCII)));
        }
        line.setLength(0);
      }
    } catch (IOException e) {
      LOG.debug("a client of {}: {}", socket, e.toString());
    } finally {
      clients.remove(client);
    }
  }

  /// @return whether the line made sense
  private boolean take(String line, EventSink sink) {
    int blank = line.indexOf(' ');
    var port = port(line.substring(blank + 1));
    if (blank < 0 || port.isEmpty()) {
      return false;
    }
    long now = System.nanoTime();
    return switch (line.substring(0, blank)) {
      case BEGAN -> ProbeSource.give(sink, meter, new ProbeEvent.Began(now, now, port.getAsInt()));
      case IDENTIFIED ->
          ProbeSource.give(sink, meter, new ProbeEvent.Identified(now, port.getAsInt()));
      case LEFT -> ProbeSource.give(sink, meter, new ProbeEvent.Left(now, port.getAsInt()));
      default -> false;
    };
  }

  private static OptionalInt port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= LARGEST_PORT ? OptionalInt.of(port) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
