package io.halfsecond.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectedHostsTest {
  private final ExpectedHosts onLoopback =
      ExpectedHosts.at(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 9155),
          Optional.of("Web-17.example.com"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9155",
        "[::1]:9155",
        "[::1]",
        "localhost",
        "LOCALHOST:9155",
        "web-17:9155",
        "web-17.example.com"
      })
  void should_expect_addresses_and_the_names_of_this_host(String header) {
    assertThat(onLoopback.expect(Optional.of(header))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebind.example",
        "web-17.example.net",
        "web-17.example.com.example.net:9155",
        "web-1",
        "127.0.0.1.example",
        "localhost.example",
        "",
        ":9155",
        "web-17@rebind.example"
      })
  void should_not_expect_a_name_of_somebody_else(String header) {
    assertThat(onLoopback.expect(Optional.of(header))).isFalse();
  }

  @Test
  void should_answer_a_request_without_the_header_and_whatever_name_an_operator_gave_it() {
    assertThat(onLoopback.expect(Optional.empty())).isTrue();
    assertThat(
            ExpectedHosts.at(new InetSocketAddress("0.0.0.0", 9155), Optional.empty())
                .expect(Optional.of("collector.monitoring.svc")))
        .isTrue();
  }
}
