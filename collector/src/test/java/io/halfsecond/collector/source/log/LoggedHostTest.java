package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoggedHostTest {
  @ParameterizedTest
  @CsvSource({
    "web-17, web-17",
    "web_17.example.org, web_17.example.org",
    "web-17.example., web-17.example",
    "192.0.2.1, 192.0.2.1",
    "2001:db8::1, 2001:db8::1",
    "[2001:db8::1], 2001:db8::1",
    "::1, 0::1",
    "::ffff:192.0.2.1, 0::ffff:192.0.2.1",
    "web-17/127.0.0.1, web-17:127.0.0.1",
    "relay/web-17, relay:web-17",
    "web-17/relay-1/relay-2.example., web-17:relay-1:relay-2.example",
    "s_loc@vm, vm"
  })
  void should_take_what_log_daemons_write_for_a_host(String logged, String name) {
    assertThat(LoggedHost.of(logged)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "-",
        "?",
        "/",
        "@",
        "web-17/",
        "/web-17",
        "_gateway",
        "[]",
        "[::1",
        "fe80::1%eth0",
        "(none)",
        "wéb",
        "web 17",
        "web\u001b[0m",
        "web\u0000"
      })
  void should_refuse_what_is_no_name(String logged) {
    assertThat(LoggedHost.of(logged)).isEmpty();
  }

  @Test
  void should_refuse_a_name_that_is_too_long() {
    assertThat(LoggedHost.of("w".repeat(253))).isPresent();
    assertThat(LoggedHost.of("w".repeat(254))).isEmpty();
  }

  @Test
  void should_keep_the_hosts_behind_a_relay_apart() {
    assertThat(LoggedHost.of("relay/web-1")).isNotEqualTo(LoggedHost.of("relay/web-2"));
    assertThat(LoggedHost.of("web-1/relay")).isNotEqualTo(LoggedHost.of("web-2/relay"));
  }
}
