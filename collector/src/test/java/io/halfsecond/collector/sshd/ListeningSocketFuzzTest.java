package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class ListeningSocketFuzzTest {
  @FuzzTest
  void should_give_addresses_to_connect_to(byte[] input) {
    // given
    var lines = new String(input, StandardCharsets.UTF_8).lines().toList();

    // when
    var sockets = ListeningSocket.parse(lines);

    // then
    assertThat(sockets).hasSizeLessThanOrEqualTo(lines.size());
    for (var socket : sockets) {
      assertThat(socket.reachable().getAddress().isAnyLocalAddress()).isFalse();
      assertThat(socket.reachable().getPort()).isEqualTo(socket.address().getPort());
    }
  }
}
