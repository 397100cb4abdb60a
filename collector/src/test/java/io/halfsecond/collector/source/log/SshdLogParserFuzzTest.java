package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Authentication;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

class SshdLogParserFuzzTest {
  @FuzzTest
  void should_only_quote_the_line(byte[] input) {
    // given
    var line = new String(input, StandardCharsets.UTF_8);

    // when
    SshdMessage message = SshdLogParser.parse(line);

    // then
    assertThat(SshdLogParser.parse(line)).isEqualTo(message);
    switch (message) {
      case Authentication(var _, var method, var user, var _, var address, var port, var key) -> {
        assertThat(line)
            .contains(method, " " + user + " from " + address + " port ", key.orElse(""));
        assertThat(port).isBetween(0, 65535);
      }
      case SshdMessage.ConnectionFrom(var address, var port) -> {
        assertThat(line).contains(address);
        assertThat(port).isBetween(0, 65535);
      }
      case SshdMessage.InvalidUser(var user, var address, var port) -> {
        assertThat(line).contains(user + " from " + address);
        assertPeer(line, address, port);
      }
      case SshdMessage.UserNotAllowed(var user, var address) ->
          assertThat(line).contains(user, address.orElse(""));
      case SshdMessage.RootRefused(var address, var port) -> assertPeer(line, address, port);
      case SshdMessage.PamFailure(var user, var _, var address) ->
          assertThat(line).contains(user, address.orElse(""));
      case SshdMessage.Disconnect(var user, var _, var address, var port, var _) -> {
        assertThat(line).contains(user.orElse(""));
        assertPeer(line, address, port);
      }
      case SshdMessage.ClientDisconnect(var address, var port) -> assertPeer(line, address, port);
      case SshdMessage.TooManyAttempts(var user, var _, var address, var port) -> {
        assertThat(line).contains(user);
        assertPeer(line, address, OptionalInt.of(port));
      }
      case SshdMessage.GraceTimeout(var pid, var address, var port) -> {
        pid.ifPresent(number -> assertThat(line).contains(Integer.toString(number)));
        assertPeer(line, address.orElse(""), port);
      }
      case SshdMessage.NoIdentification(var address, var port) ->
          assertPeer(line, address.orElse(""), port);
      case SshdMessage.ConnectionRefused(var user, var _, var address, var port) -> {
        assertThat(line).contains(user.orElse(""));
        assertPeer(line, address.orElse(""), port);
      }
      case SshdMessage.ConnectionDropped(var address, var port) ->
          assertPeer(line, address.orElse(""), port);
      case SshdMessage.UserChild(var pid) -> assertThat(pid).isPositive();
      case SshdMessage.Aborted _,
          SshdMessage.BadPacket _,
          SshdMessage.SessionStarted _,
          SshdMessage.Other _,
          SshdMessage.Unknown _ -> {}
    }
  }

  private static void assertPeer(String line, String address, OptionalInt port) {
    assertThat(line).contains(address);
    port.ifPresent(number -> assertThat(number).isBetween(0, 65535));
  }
}
