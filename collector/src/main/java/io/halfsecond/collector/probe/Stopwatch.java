package io.halfsecond.collector.probe;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.SocketFactory;
import com.jcraft.jsch.UserInfo;
import io.halfsecond.schemas.ProbeOutcome;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Times an ssh client by its calls to socket and known hosts. Ends every wait at one deadline,
/// even if the server keeps sending slowly.
final class Stopwatch implements AutoCloseable {
  private static final String IDENTIFICATION = "SSH-";

  /// RFC 4253, section 4.2: an identification string has at most 255 characters. Lines before it
  /// have no limit there; the same limit is used for them.
  private static final int LONGEST_LINE = 255;

  private final InetSocketAddress target;
  private final Milestones milestones;
  private final long deadlineNanos;
  private final Map<ProbePhase, Long> phases = new EnumMap<>(ProbePhase.class);
  private final StringBuilder line = new StringBuilder();
  private long markNanos;
  private Optional<String> server = Optional.empty();
  private Optional<String> said = Optional.empty();
  private Optional<Socket> open = Optional.empty();
  private boolean late;

  /// Starts the watch.
  Stopwatch(InetSocketAddress target, Duration limit, Milestones milestones) {
    this.target = target;
    this.milestones = milestones;
    this.markNanos = System.nanoTime();
    this.deadlineNanos = markNanos + limit.toNanos();
  }

  /// The result so far.
  Probe probe(ProbeOutcome outcome, String detail) {
    return new Probe(phases, outcome, detail, server);
  }

  boolean reached(ProbePhase phase) {
    return phases.containsKey(phase);
  }

  /// The first line that was not an identification string.
  Optional<String> said() {
    return said.or(() -> line.isEmpty() ? Optional.empty() : Optional.of(line.toString()));
  }

  /// Whether the deadline ended the probe.
  boolean late() {
    return late;
  }

  void mark(ProbePhase phase) {
    long now = System.nanoTime();
    phases.put(phase, now - markNanos);
    markNanos = now;
  }

  int remainingMillis() throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (millis <= 0) {
      late = true;
      throw new SocketTimeoutException("the deadline has passed");
    }
    return Math.toIntExact(millis);
  }

  /// The client does not close the socket of a session that was not established.
  @Override
  public void close() {
    open.ifPresent(
        socket -> {
          try {
            socket.close();
          } catch (IOException _) {
            // Nothing more was to be sent.
          }
        });
  }

  SocketFactory sockets() {
    return new SocketFactory() {
      @Override
      public Socket createSocket(String host, int port) throws IOException {
        var socket = new Socket();
        open = Optional.of(socket);
        socket.setTcpNoDelay(true);
        socket.bind(null);
        if (!milestones.bound(socket.getLocalPort())) {
          throw new SocketException("it was not to connect");
        }
        markNanos = System.nanoTime();
        try {
          socket.connect(target, remainingMillis());
        } catch (SocketTimeoutException e) {
          late = true;
          throw e;
        }
        mark(ProbePhase.CONNECT);
        return socket;
      }

      @Override
      public InputStream getInputStream(Socket socket) throws IOException {
        return new TimedInput(socket);
      }

      @Override
      public OutputStream getOutputStream(Socket socket) throws IOException {
        return socket.getOutputStream();
      }
    };
  }

  /// Accepts every host key: a probe has nothing that another host could steal. Called when the
  /// signature has been verified, which ends key exchange.
  HostKeyRepository hosts() {
    return new HostKeyRepository() {
      @Override
      public int check(String host, byte[] key) {
        mark(ProbePhase.KEX);
        return OK;
      }

      @Override
      public void add(HostKey key, UserInfo user) {}

      @Override
      public void remove(String host, String type) {}

      @Override
      public void remove(String host, String type, byte[] key) {}

      @Override
      public String getKnownHostsRepositoryID() {
        return "";
      }

      @Override
      public HostKey[] getHostKey() {
        return new HostKey[0];
      }

      @Override
      public HostKey[] getHostKey(String host, String type) {
        return new HostKey[0];
      }
    };
  }

  private void onRead(byte[] bytes, int from, int to) {
    for (int i = from; i < to && !reached(ProbePhase.BANNER); i++) {
      if (bytes[i] == '\n') {
        onLine(line.toString().strip());
        line.setLength(0);
      } else if (line.length() < LONGEST_LINE) {
        line.append(new String(bytes, i, 1, StandardCharsets.ISO_8859_1));
      }
    }
  }

  private void onLine(String text) {
    if (text.startsWith(IDENTIFICATION)) {
      mark(ProbePhase.BANNER);
      milestones.identified(markNanos);
      server = Optional.of(SshProbe.printable(text));
    } else if (said.isEmpty()) {
      said = Optional.of(text);
    }
  }

  /// Reads until the deadline at most.
  private final class TimedInput extends FilterInputStream {
    private final Socket socket;

    TimedInput(Socket socket) throws IOException {
      super(socket.getInputStream());
      this.socket = socket;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      socket.setSoTimeout(remainingMillis());
      try {
        int count = super.read(bytes, offset, length);
        onRead(bytes, offset, offset + count);
        return count;
      } catch (SocketTimeoutException e) {
        late = true;
        throw e;
      }
    }
  }
}
