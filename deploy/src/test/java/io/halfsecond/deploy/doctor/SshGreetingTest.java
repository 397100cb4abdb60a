package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshGreetingTest {
  @Test
  void should_know_an_ssh_server_by_its_identification() throws Exception {
    assertThat(greeting("SSH-2.0-OpenSSH_9.2p1 Debian\r\nmore"))
        .contains("SSH-2.0-OpenSSH_9.2p1 Debian");
    assertThat(greeting("SSH-2.0-x\u001b[31m\n")).contains("SSH-2.0-x");
    assertThat(greeting("SSH-" + "x".repeat(1_000)))
        .hasValueSatisfying(text -> assertThat(text).hasSize(253));
  }

  @Test
  void should_know_that_others_are_none() throws Exception {
    assertThat(greeting("220 mail.example.org ESMTP\r\n")).isEmpty();
    assertThat(greeting("SS")).isEmpty();
    assertThat(greeting("")).isEmpty();
  }

  @Test
  void should_find_nothing_where_nobody_listens() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(
            SshGreeting.byConnecting()
                .of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
        .isEmpty();
  }

  /// Of a server that says this and hangs up.
  private static Optional<String> greeting(String text) throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var client = server.accept()) {
                      client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      var greeting =
          SshGreeting.byConnecting()
              .of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
      thread.join();
      return greeting;
    }
  }
}
