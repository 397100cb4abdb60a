package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ListeningSocketTest {
  private static final String HEADING =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
          + "   uid  timeout inode";

  @Test
  void should_read_the_listening_ones() throws Exception {
    var sockets =
        ListeningSocket.parse(
            List.of(
                HEADING,
                "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0 "
                    + "       0 4711 1 0 100 0 0 10 0",
                "   1: 0100007F:0016 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0 "
                    + "       0 4712 1 0 100 0 0 10 0",
                "   2: 00000000000000000000000001000000:08FB 00000000000000000000000000000000:0000"
                    + " 0A 00000000:00000000 00:00000000 00000000   104        0 4713 1 0 100 0 0"
                    + " 10 0"));

    assertThat(sockets)
        .containsExactly(
            new ListeningSocket(at("0.0.0.0", 22), 0, 4711),
            new ListeningSocket(at("::1", 2299), 104, 4713));
    assertThat(sockets.getFirst().reachable()).isEqualTo(at("127.0.0.1", 22));
    assertThat(sockets.getLast().reachable()).isEqualTo(at("::1", 2299));
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  @Test
  void should_leave_out_what_makes_no_sense() {
    assertThat(
            ListeningSocket.parse(
                List.of(
                    "",
                    "0: 1 2 0A",
                    "0: XX:0016 0:0 0A 0 0 0 0 0 1",
                    "0: 00000000 0:0 0A 0 0 0 0 0 1",
                    "0: 000000:0016 0:0 0A 0 0 0 0 0 1",
                    "0: 00000000:FFFFF 0:0 0A 0 0 0 0 0 1",
                    "0: 00000000:0016 0:0 0A 0 0 0 root 0 1")))
        .isEmpty();
  }

  @Nested
  @EnabledOnOs(OS.LINUX)
  class OnThisHost {
    @Test
    void should_find_a_socket_of_its_own() throws Exception {
      try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        var lines = Files.readAllLines(Path.of("/proc/net/tcp"));

        // The JVM may listen on the IPv4 part of an IPv6 socket.
        lines.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));

        assertThat(ListeningSocket.parse(lines))
            .extracting(found -> found.address().getPort())
            .contains(socket.getLocalPort());
      }
    }
  }
}
