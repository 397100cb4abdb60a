package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Authentication;
import java.nio.charset.StandardCharsets;

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
      case Authentication(var _, var method, var user, var _, var address, var port) -> {
        assertThat(line).contains(method, " " + user + " from " + address + " port ");
        assertThat(port).isBetween(0, 65535);
      }
      case SshdMessage.ConnectionFrom(var address, var port) -> {
        assertThat(line).contains(address);
        assertThat(port).isBetween(0, 65535);
      }
      case SshdMessage.InvalidUser(var user, var address, var port) -> {
        assertThat(line).contains(user + " from " + address);
        port.ifPresent(number -> assertThat(number).isBetween(0, 65535));
      }
      case SshdMessage.UserNotAllowed(var user) -> assertThat(line).contains(user);
      case SshdMessage.Disconnect(var user, var _, var address, var port, var _) -> {
        assertThat(line).contains(user.orElse(""), address);
        port.ifPresent(number -> assertThat(number).isBetween(0, 65535));
      }
      case SshdMessage.TooManyAttempts(var user, var _) -> assertThat(line).contains(user);
      case SshdMessage.GraceTimeout(var pid) ->
          pid.ifPresent(number -> assertThat(line).contains(Integer.toString(number)));
      case SshdMessage.UserChild(var pid) -> assertThat(pid).isPositive();
      case SshdMessage.NoIdentification _,
          SshdMessage.ConnectionDropped _,
          SshdMessage.SessionStarted _,
          SshdMessage.Other _,
          SshdMessage.Unknown _ -> {}
    }
  }
}
