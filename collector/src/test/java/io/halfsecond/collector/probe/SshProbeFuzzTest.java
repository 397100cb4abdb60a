package io.halfsecond.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SshProbeFuzzTest {
  /// Nothing reaches it: the server ends every connection at once.
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final int LONGEST_LINE = 255;

  private static volatile byte[] answer = {};

  @SuppressWarnings("NullAway.Init") // openServer sets them
  private static ServerSocket server;

  @SuppressWarnings("NullAway.Init")
  private static SshProbe client;

  @BeforeAll
  static void openServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    client = new SshProbe(LIMIT);
    Thread.ofVirtual().start(SshProbeFuzzTest::serve);
  }

  @AfterAll
  static void closeServer() throws IOException {
    server.close();
  }

  private static void serve() {
    while (!server.isClosed()) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();
        // Without it, what the client still sends would reset the connection.
        socket.getInputStream().skip(Long.MAX_VALUE);
      } catch (IOException _) {
        // The client has hung up, or the test is over.
      }
    }
  }

  /// @param input what the server sends
  @FuzzTest
  void should_end_with_an_outcome(byte[] input) {
    // given
    answer = input;
    var target = (InetSocketAddress) server.getLocalSocketAddress();

    // when
    Probe probe;
    try (var _ = BugDetectors.allowNetworkConnections((_, _) -> true)) {
      probe = client.probe(target);
    }

    // then
    assertThat(probe.outcome())
        .isIn(
            ProbeOutcome.CLOSED, ProbeOutcome.FAILED, ProbeOutcome.NOT_SSH, ProbeOutcome.THROTTLED);
    assertThat(probe.detail()).matches("[ -~]{0,512}");
    assertThat(probe.server().orElse("SSH-"))
        .startsWith("SSH-")
        .hasSizeLessThanOrEqualTo(LONGEST_LINE);
    assertThat(probe.phases()).containsKey(ProbePhase.CONNECT);
    assertThat(probe.phases().containsKey(ProbePhase.BANNER)).isEqualTo(probe.server().isPresent());
    assertThat(probe.phases()).doesNotContainKey(ProbePhase.AUTH);
  }
}
