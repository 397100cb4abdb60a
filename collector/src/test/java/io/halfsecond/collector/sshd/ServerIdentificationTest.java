package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentificationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_10.3",
        "SSH-2.0-OpenSSH_10.5 Debian-1",
        "SSH-2.0-OpenSSH_10.12p1",
        "SSH-2.0-OpenSSH_11.0"
      })
  void should_know_that_the_preauth_child_sends_it_from_10_3_on(String identification) {
    assertThat(ServerIdentification.sentByPreauthChild(identification)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10",
        "SSH-2.0-OpenSSH_9.9",
        "SSH-2.0-OpenSSH_10.0",
        "SSH-2.0-OpenSSH_10.2",
        "SSH-2.0-OpenSSH",
        "SSH-2.0-OpenSSH_for_Windows_10.5",
        "SSH-2.0-OpenSSH_99999999999.3",
        "SSH-2.0-dropbear_2022.83"
      })
  void should_take_every_other_server_for_one_whose_monitor_sends_it(String identification) {
    assertThat(ServerIdentification.sentByPreauthChild(identification)).isFalse();
  }
}
