package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.SourceNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedNetworksTest {
  @ParameterizedTest
  @CsvSource({
    "10.255.0.1, EXPECTED",
    "11.0.0.1, OUTSIDE",
    "172.31.255.255, EXPECTED",
    "172.32.0.0, OUTSIDE",
    "127.0.0.1, EXPECTED",
    "100.64.0.9, EXPECTED",
    "::1, EXPECTED",
    "::2, OUTSIDE",
    "fe80::1%eth0, EXPECTED",
    "fd12::1, EXPECTED",
    "2001:db8::1, OUTSIDE",
    "::ffff:192.168.1.1, EXPECTED",
    "::ffff:198.51.100.1, OUTSIDE",
    "UNKNOWN, UNKNOWN",
    "localhost, UNKNOWN",
    "bad.cafe, UNKNOWN",
    "1.2.3, UNKNOWN",
    "'', UNKNOWN"
  })
  void should_expect_private_addresses(String address, SourceNetwork network) {
    assertThat(ExpectedNetworks.ofPrivate().of(address)).isEqualTo(network);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.128, EXPECTED",
    "192.0.2.127, OUTSIDE",
    "198.51.100.7, EXPECTED",
    "198.51.100.8, OUTSIDE",
    "2001:db8:80::1, EXPECTED",
    "2001:db8:7f:ffff::1, OUTSIDE",
    "10.0.0.1, OUTSIDE"
  })
  void should_expect_what_is_named(String address, SourceNetwork network) {
    var networks = ExpectedNetworks.parse("192.0.2.128/25, 198.51.100.7 ,2001:db8:80::/41");

    assertThat(networks.of(address)).isEqualTo(network);
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0/0, 198.51.100.7", "::/0, 2001:db8::1"})
  void should_expect_everybody_of_a_family(String all, String address) {
    assertThat(ExpectedNetworks.parse(all).of(address)).isEqualTo(SourceNetwork.EXPECTED);
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is no network such as 192.0.2.0/24",
    "'private,', it is no network such as 192.0.2.0/24",
    "Private, it is no network such as 192.0.2.0/24",
    "localhost, it is no network such as 192.0.2.0/24",
    "10.0.0.0/8/8, it is no network such as 192.0.2.0/24",
    "10.0.0/8, it is no network such as 192.0.2.0/24",
    "10.0.0.0/33, the number after '/' must be from 0 to 32",
    "::/129, the number after '/' must be from 0 to 128",
    "10.0.0.0/-1, the number after '/' must be from 0 to 32",
    "10.0.0.0/, the number after '/' must be from 0 to 32",
    "10.0.0.1/8, the address has bits beyond its first 8"
  })
  void should_name_the_culprit(String text, String why) {
    assertThatThrownBy(() -> ExpectedNetworks.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why.replace("''", "'"));
  }
}
