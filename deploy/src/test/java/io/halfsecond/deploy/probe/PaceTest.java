package io.halfsecond.deploy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  /// What sshd_config(5) of OpenSSH 9.8 names for `authfail` and `invaliduser`.
  private static final Duration PENALTY = Duration.ofSeconds(5);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.8",
        "SSH-2.0-OpenSSH_9.9p2 Debian-1",
        "SSH-2.0-OpenSSH_10.0p2",
        "SSH-2.0-dropbear_2022.83",
        "nonsense",
        ""
      })
  void should_outwait_a_penalty_when_the_server_may_punish(String server) {
    assertThat(Pace.after(Optional.of(server).filter(text -> !text.isEmpty())))
        .isGreaterThan(PENALTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.7",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7",
        "SSH-2.0-OpenSSH_8.0"
      })
  void should_not_wait_as_long_when_the_server_is_too_old_to_punish(String server) {
    assertThat(Pace.after(Optional.of(server))).isLessThan(Duration.ofSeconds(1));
  }
}
