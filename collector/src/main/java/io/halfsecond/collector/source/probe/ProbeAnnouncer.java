package io.halfsecond.collector.source.probe;

import io.halfsecond.collector.probe.Milestones;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// Announces the probes of this process to the collector of this host, see [AnnouncedProbes].
///
/// For one probe after the other. If the collector goes away meanwhile, the probes go on.
public final class ProbeAnnouncer implements Milestones, AutoCloseable {
  private static final long PATIENCE_MILLIS = 1_000;

  private final SocketChannel collector;
  private OptionalInt port = OptionalInt.empty();

  private ProbeAnnouncer(SocketChannel collector) {
    this.collector = collector;
  }

  /// @param stateDirectory of the collector
  /// @return empty if no collector listens there, or this user may not see it
  public static Optional<ProbeAnnouncer> connect(Path stateDirectory) {
    try {
      return Optional.of(
          new ProbeAnnouncer(
              SocketChannel.open(
                  UnixDomainSocketAddress.of(AnnouncedProbes.socket(stateDirectory)))));
    } catch (IOException | UnsupportedOperationException _) {
      return Optional.empty();
    }
  }

  /// Returns when the collector knows the port. It answers at once or closes the connection; one
  /// that does neither is not waited for.
  @Override
  public boolean bound(int number) {
    port = OptionalInt.of(number);
    send(AnnouncedProbes.BEGAN);
    try {
      awaitAnswer();
    } catch (IOException _) {
      port = OptionalInt.empty();
    }
    return true;
  }

  private void awaitAnswer() throws IOException {
    try (var readable = Selector.open()) {
      collector.configureBlocking(false);
      collector.register(readable, SelectionKey.OP_READ);
      if (readable.select(PATIENCE_MILLIS) > 0) {
        // What it says does not matter, and the end means that the collector is gone.
        collector.read(ByteBuffer.allocate(AnnouncedProbes.OK.length()));
      }
    }
    collector.configureBlocking(true);
  }

  @Override
  public void identified(long atNanos) {
    send(AnnouncedProbes.IDENTIFIED);
    port = OptionalInt.empty();
  }

  /// The probe is over.
  public void ended() {
    send(AnnouncedProbes.LEFT);
    port = OptionalInt.empty();
  }

  private void send(String what) {
    if (port.isEmpty()) {
      return;
    }
    var line = "%s %d\n".formatted(what, port.getAsInt());
    try {
      collector.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException _) {
      port = OptionalInt.empty();
    }
  }

  @Override
  public void close() throws IOException {
    collector.close();
  }
}
