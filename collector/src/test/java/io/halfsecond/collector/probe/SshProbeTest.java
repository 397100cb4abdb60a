package io.halfsecond.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Servers that are no sshd, or none that wants to talk. What a real one does is in the tests of
/// the command line.
class SshProbeTest {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SshProbe client = new SshProbe(LIMIT);
  private final ExecutorService servers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<ServerSocket> open = new ArrayList<>();

  /// What a server does with a client.
  @FunctionalInterface
  private interface Manners {
    void serve(Socket client) throws IOException, InterruptedException;
  }

  /// A server, and what becomes of its one client: whether it has hung up.
  private record Server(InetSocketAddress address, CompletableFuture<Boolean> left) {}

  @AfterEach
  void stop() throws IOException {
    for (var socket : open) {
      socket.close();
    }
    servers.shutdownNow();
    assertThat(
            Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .map(StackTraceElement::getClassName))
        .noneMatch(name -> name.startsWith("com.jcraft.jsch"));
  }

  @Test
  void should_be_unreachable_when_nothing_listens() throws IOException {
    InetSocketAddress free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = (InetSocketAddress) socket.getLocalSocketAddress();
    }

    var probe = client.probe(free);

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.UNREACHABLE);
    assertThat(probe.detail()).contains("refused");
    assertThat(probe.phases()).isEmpty();
  }

  @Test
  void should_say_what_it_heard_when_the_server_speaks_something_else() throws Exception {
    var server =
        serve(
            socket -> {
              socket.getInputStream().read();
              say(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
            });

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.NOT_SSH);
    assertThat(probe.detail()).isEqualTo("it says \"HTTP/1.1 400 Bad Request\"");
    assertThat(probe.phases()).containsOnlyKeys(ProbePhase.CONNECT);
    awaitHungUp(server);
  }

  @Test
  void should_be_throttled_when_sshd_turns_it_away() throws Exception {
    var server = serve(socket -> say(socket, "Not allowed at this time\r\n"));

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.THROTTLED);
    assertThat(probe.detail()).isEqualTo("Not allowed at this time");
    awaitHungUp(server);
  }

  @Test
  void should_time_out_without_a_duration_when_the_server_never_answers() throws Exception {
    var server = serve(socket -> socket.getInputStream().readAllBytes());

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.TIMED_OUT);
    assertThat(probe.detail()).startsWith("no banner within");
    assertThat(probe.phases()).containsOnlyKeys(ProbePhase.CONNECT);
    awaitHungUp(server);
  }

  @Test
  void should_time_out_when_a_tarpit_trickles_lines_for_ever() throws Exception {
    var server =
        serve(
            socket -> {
              while (true) {
                say(socket, "x7f3\r\n");
                Thread.sleep(50);
              }
            });

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.TIMED_OUT);
    assertThat(probe.phases()).containsOnlyKeys(ProbePhase.CONNECT);
    awaitHungUp(server);
  }

  @Test
  void should_time_out_in_key_exchange_when_the_server_only_says_who_it_is() throws Exception {
    var server =
        serve(
            socket -> {
              say(socket, "SSH-2.0-OpenSSH_9.9\r\n");
              socket.getInputStream().readAllBytes();
            });

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.TIMED_OUT);
    assertThat(probe.detail()).startsWith("no end of key exchange within");
    assertThat(probe.server()).hasValue("SSH-2.0-OpenSSH_9.9");
    assertThat(probe.phases()).containsOnlyKeys(ProbePhase.CONNECT, ProbePhase.BANNER);
    awaitHungUp(server);
  }

  @Test
  void should_say_so_when_the_server_hangs_up() throws Exception {
    var server = serve(_ -> {});

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.CLOSED);
    assertThat(probe.detail()).isEqualTo("hung up before banner");
  }

  @Test
  void should_not_choke_when_the_server_sends_what_is_no_key_exchange() throws Exception {
    var server =
        serve(
            socket -> {
              say(socket, "SSH-2.0-Garbage\r\n" + "\u0001\u00ff\u007f\n".repeat(5_000));
              socket.getInputStream().readAllBytes();
            });

    var probe = client.probe(server.address());

    assertThat(probe.outcome()).isEqualTo(ProbeOutcome.FAILED);
    assertThat(probe.phases()).containsOnlyKeys(ProbePhase.CONNECT, ProbePhase.BANNER);
    awaitHungUp(server);
  }

  private Server serve(Manners manners) throws IOException {
    var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    open.add(listener);
    var left = new CompletableFuture<Boolean>();
    var _ =
        servers.submit(
            () -> {
              try (var socket = listener.accept()) {
                manners.serve(socket);
                socket.shutdownOutput();
                // Ends with the client's own end, or with the reset that it answers further bytes
                // with.
                socket.getInputStream().readAllBytes();
              } catch (IOException _) {
                left.complete(true);
              }
              return left.complete(true);
            });
    return new Server((InetSocketAddress) listener.getLocalSocketAddress(), left);
  }

  private static void awaitHungUp(Server server) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(server.left()).isCompletedWithValue(true));
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
