package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.source.SshdCommandLine;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshdCommandLineTest {
  @ParameterizedTest
  @CsvSource({"/usr/sbin/sshd -D, LISTENER", "/usr/sbin/sshd -D -e -f conf, LISTENER",
    "/usr/sbin/sshd -ddp22, LISTENER",
    "/usr/sbin/sshd, LAUNCHER", "/usr/sbin/sshd -f D -oPort=22, LAUNCHER", "/usr/sbin/sshd -fD, LAUNCHER",
    "/usr/sbin/sshd -i, INETD", "/usr/sbin/sshd -ei, INETD", "/usr/sbin/sshd -D -R, OTHER",
    "/usr/sbin/sshd -t, OTHER", "/usr/sbin/sshd -f conf -T, OTHER", "/usr/sbin/sshd -o -t -D, LISTENER"})
  void should_tell_what_an_sshd_is_for_when_given_its_arguments(String line, SshdCommandLine expected) {
    assertThat(SshdCommandLine.of(List.of(line.split(" ", -1)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', true",
    "'sshd: alice [priv]', false",
    "'sshd: alice@pts/0', false", "'sshd-session: alice [priv]', false"})
  void should_tell_a_listener_from_an_orphaned_monitor_when_given_its_title(String title, boolean expected) {
    assertThat(SshdCommandLine.isListening(List.of(title))).isEqualTo(expected);
  }
}
