package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshdCommandLineTest {
  @ParameterizedTest
  @CsvSource({
    "/usr/sbin/sshd -D, LISTENER",
    "/usr/sbin/sshd -D -e -f conf, LISTENER",
    "/usr/sbin/sshd -ddp22, LISTENER",
    "/usr/sbin/sshd, LAUNCHER",
    "/usr/sbin/sshd -f D -oPort=22, LAUNCHER",
    "/usr/sbin/sshd -fD, LAUNCHER",
    "/usr/sbin/sshd -i, INETD",
    "/usr/sbin/sshd -ei, INETD",
    "/usr/sbin/sshd -D -R, OTHER",
    "/usr/sbin/sshd -t, OTHER",
    "/usr/sbin/sshd -f conf -T, OTHER",
    "/usr/sbin/sshd -o -t -D, LISTENER",
    "/opt/ssh/sbin/sshd -G -f conf, OTHER",
    "/opt/ssh/sbin/sshd -46qerD, LISTENER",
    "/usr/sbin/sshd -D -o AddressFamily=inet, LISTENER"
  })
  void should_tell_what_an_sshd_is_for_when_given_its_arguments(
      String line, SshdCommandLine.Invocation expected) {
    assertThat(new SshdCommandLine(List.of(line.split(" ", -1))).invocation()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', true",
    "'sshd: /opt/ssh/sbin/sshd -f /opt/ssh/etc/conf [listener] 3 of 10-100 startups', true",
    "'sshd: alice [priv]', false",
    "'sshd: alice [postauth]', false",
    "'sshd-session: [accepted]', false",
    "'sshd-auth: [session-auth]', false",
    "'sshd: alice@pts/0', false",
    "'sshd-session: alice [priv]', false"
  })
  void should_tell_a_listener_from_an_orphaned_monitor_when_given_its_title(
      String title, boolean expected) {
    assertThat(new SshdCommandLine(List.of(title)).isListener()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', false, false",
    "'/usr/sbin/sshd', false, false",
    "'sshd: [accepted]', false, false",
    "'sshd: alice [net]', false, false",
    "'sshd: alice [pam]', false, false",
    "'sshd: alice [priv]', true, false",
    "'sshd-session: alice [postauth]', true, false",
    "'sshd: root', true, true",
    "'sshd: root@notty', true, true",
    "'sshd-session: alice@pts/0,pts/1', true, true"
  })
  void should_tell_what_a_process_does_when_given_its_title(
      String title, boolean monitor, boolean session) {
    var line = new SshdCommandLine(List.of(title));

    assertThat(line.isMonitorTitle()).isEqualTo(monitor);
    assertThat(line.isSessionTitle()).isEqualTo(session);
  }

  @Test
  void should_know_the_options_that_decide_the_configuration() {
    var own = List.of("-f", "/tmp/x/conf", "-o", "SshdAuthPath=/opt/auth", "-o", "Port=22");

    assertThat(
            new SshdCommandLine(
                    List.of(
                        "/usr/sbin/sshd",
                        "-D",
                        "-f",
                        "/tmp/x/conf",
                        "-o",
                        "SshdAuthPath=/opt/auth",
                        "-oPort=22",
                        "-E",
                        "log"))
                .configurationOptions())
        .isEqualTo(own);
    assertThat(
            new SshdCommandLine(
                    List.of(
                        "sshd: /usr/sbin/sshd -D -f /tmp/x/conf -o SshdAuthPath=/opt/auth -oPort=22"
                            + " [listener] 0 of 10-100 startups"))
                .configurationOptions())
        .isEqualTo(own);
    assertThat(new SshdCommandLine(List.of("/usr/sbin/sshd", "-f")).configurationOptions())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/usr/sbin/sshd -D -E /var/log/sshd.log, /var/log/sshd.log",
    "/usr/sbin/sshd -DE/var/log/sshd.log, /var/log/sshd.log",
    "/usr/sbin/sshd -D -e,",
    "/usr/sbin/sshd -o -E -D,"
  })
  void should_know_the_file_that_sshd_logs_to(String line, @Nullable String file) {
    assertThat(SshdCommandLine.parse(line.replace(' ', '\0')).logFile())
        .isEqualTo(Optional.ofNullable(file));
  }

  @Test
  void should_find_program_and_configuration_in_arguments_and_title() {
    var own = new SshdCommandLine.Files(Optional.of("/usr/sbin/sshd"), Optional.of("/tmp/x/conf"));

    assertThat(new SshdCommandLine(List.of("/usr/sbin/sshd", "-D", "-f", "/tmp/x/conf")).files())
        .isEqualTo(own);
    assertThat(new SshdCommandLine(List.of("/usr/sbin/sshd", "-f/tmp/x/conf", "-D")).files())
        .isEqualTo(own);
    assertThat(
            new SshdCommandLine(
                    List.of(
                        "sshd: /usr/sbin/sshd -D -f /tmp/x/conf [listener] 0 of 10-100 startups"))
                .files())
        .isEqualTo(own);
    assertThat(new SshdCommandLine(List.of("sshd: [accepted]")).files())
        .isEqualTo(new SshdCommandLine.Files(Optional.empty(), Optional.empty()));
    assertThat(new SshdCommandLine(List.of()).files())
        .isEqualTo(new SshdCommandLine.Files(Optional.empty(), Optional.empty()));
  }
}
