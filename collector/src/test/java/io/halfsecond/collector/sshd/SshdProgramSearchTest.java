package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.linux.HostCommand;
import io.halfsecond.collector.sshd.SshdProgramSearch.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With shell scripts in the place of sshd.
class SshdProgramSearchTest {
  @TempDir private Path directory;

  private SshdProgramSearch search;
  private Path session;
  private Path auth;

  @BeforeEach
  void installPrograms() throws IOException {
    search =
        new SshdProgramSearch(
            new SshdListeners(directory.resolve("proc"), ""), new HostCommand(new ReentrantLock()));
    session = program("libexec/sshd-session", "");
    auth = program("libexec/sshd-auth", "");
  }

  @Test
  void should_ask_the_listener_what_it_starts() throws Exception {
    var sshd =
        program(
            "sbin/sshd",
            "echo port 22; echo SshdSessionPath %s; echo sshdauthpath %s; echo \"$@\" >%s"
                .formatted(session, auth, directory.resolve("arguments")));

    var found = search.of(List.of(listener(sshd, "-D", "-f", "/opt/etc/conf", "-oPort=23")));

    assertThat(found).isEqualTo(new Programs(List.of(sshd, session, auth), true));
    assertThat(directory.resolve("arguments")).hasContent("-G -f /opt/etc/conf -o Port=23");
  }

  @Test
  void should_ask_for_what_is_built_in_when_the_configuration_cannot_be_read() throws Exception {
    var sshd =
        program("sbin/sshd", "[ $3 = /dev/null ] && echo sshdsessionpath %s".formatted(session));

    assertThat(search.of(List.of(listener(sshd, "-f", "/opt/etc/conf"))).paths())
        .containsExactly(sshd, session);
  }

  @Test
  void should_know_one_program_only_when_sshd_executes_itself() throws Exception {
    var sshd = program("sbin/sshd", "echo unknown option -- G >&2; exit 1");

    assertThat(search.of(List.of(listener(sshd, "-D"))))
        .isEqualTo(new Programs(List.of(sshd), true));
  }

  @Test
  void should_find_the_programs_of_several_listeners() throws Exception {
    var one = program("one/sshd", "echo sshdsessionpath %s".formatted(session));
    var other = program("other/sshd", "echo sshdsessionpath %s".formatted(session));

    assertThat(search.of(List.of(listener(one), listener(other))).paths())
        .containsExactly(one, session, other);
  }

  @Test
  void should_leave_out_what_cannot_be_executed() throws Exception {
    var sshd =
        program(
            "sbin/sshd",
            "echo sshdsessionpath /no/such; echo sshdauthpath relative; echo sshdauthpath");

    assertThat(search.of(List.of(listener(sshd))).paths()).containsExactly(sshd);
  }

  @Test
  void should_leave_out_what_others_can_write() throws Exception {
    var sshd = program("sbin/sshd", "echo sshdsessionpath %s".formatted(session));
    var mode = Files.getPosixFilePermissions(session);

    Files.setPosixFilePermissions(session, PosixFilePermissions.fromString("rwxr-xrwx"));
    assertThat(search.of(List.of(listener(sshd))).paths()).as("a file").containsExactly(sshd);

    Files.setPosixFilePermissions(session, mode);
    Files.setPosixFilePermissions(
        session.getParent(), PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(search.of(List.of(listener(sshd))).paths()).as("a directory").containsExactly(sshd);

    Files.setPosixFilePermissions(
        session.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(search.of(List.of(listener(sshd))).paths()).containsExactly(sshd, session);
  }

  @Test
  void should_say_that_it_looked_in_the_usual_directories_when_nothing_listens() throws Exception {
    assertThat(search.of(List.of()).ofListeners()).isFalse();
    assertThat(search.of(List.of(listener(directory.resolve("gone")))).ofListeners()).isFalse();
  }

  private static SshdListener listener(Path sshd, String... options) {
    var line = new ArrayList<>(List.of(sshd.toString()));
    line.addAll(List.of(options));
    return new SshdListener(812, new SshdCommandLine(line), Optional.of(sshd));
  }

  private Path program(String name, String script) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
