package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshdListenersTest {
  private static final String LISTENING =
      "   0: %s:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
          + "     %d        0 %d 1\n";
  private static final String ANY = "00000000";
  private static final String LOOPBACK = "0100007F";

  @TempDir private Path proc;

  @BeforeEach
  void sshdOnTwoPortsAndAWebServer() throws IOException {
    file(
        "net/tcp",
        LISTENING.formatted(ANY, 80, 0, 1)
            + LISTENING.formatted(LOOPBACK, 2222, 0, 2)
            + LISTENING.formatted(ANY, 22, 0, 3)
            + LISTENING.formatted(ANY, 8022, 1000, 4));
    process(700, "nginx", "nginx: master", 0);
    process(812, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", 0);
    process(900, "sshd", "sshd: alice [priv]", 0);
  }

  private void process(int pid, String comm, String command, int uid) throws IOException {
    file(pid + "/comm", comm + "\n");
    file(pid + "/cmdline", command + "\0");
    file(pid + "/status", "Name:\t%s\nUid:\t%d\t%d\t%d\t%d\n".formatted(comm, uid, uid, uid, uid));
  }

  private void holds(int pid, long inode) throws IOException {
    var link = proc.resolve(pid + "/fd/" + inode);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of("socket:[" + inode + "]"));
  }

  private void file(String name, String text) throws IOException {
    var file = proc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  @Test
  void should_find_the_socket_that_sshd_holds() throws IOException {
    holds(812, 2);
    holds(700, 1);

    assertThat(new SshdListeners(proc, "").address()).contains(at(2222));
  }

  @Test
  void should_prefer_port_22_where_sshd_listens_on_several() throws IOException {
    holds(812, 2);
    holds(812, 3);

    assertThat(new SshdListeners(proc, "").address()).contains(at(22));
  }

  @Test
  void should_take_roots_socket_on_port_22_where_nobody_may_see_whose_it_is() {
    assertThat(new SshdListeners(proc, "").address()).contains(at(22));
  }

  @Test
  void should_find_none_where_only_another_sshd_is_asked_for() throws IOException {
    holds(812, 3);

    assertThat(new SshdListeners(proc, "sshd_config_bastion").address()).isEmpty();
  }

  @Test
  void should_not_believe_a_user_who_calls_a_program_sshd() throws IOException {
    process(1234, "sshd", "/home/mallory/sshd -D", 1000);
    holds(1234, 4);
    file("1234/environ", "LD_PRELOAD=/home/mallory/lib.so\0");

    assertThat(new SshdListeners(proc, "").address()).contains(at(22));
    assertThat(new SshdListeners(proc, "").environment()).isEmpty();
  }

  /// A link called `sshd` to another program of root's: the process has the name of the link.
  @Test
  void should_not_believe_the_name_of_a_link() throws IOException {
    process(700, "sshd", "/tmp/sshd\0-D", 0);
    Files.createSymbolicLink(proc.resolve("700/exe"), Path.of("/usr/bin/sudo"));
    file("700/environ", "LD_PRELOAD=/home/mallory/lib.so\0");

    var listeners = new SshdListeners(proc, "");

    assertThat(listeners.watched()).extracting(SshdListener::pid).containsExactly(812);
    assertThat(listeners.environment()).doesNotContainKey("LD_PRELOAD");
  }

  @Test
  void should_know_the_listeners_environment() throws IOException {
    file("812/environ", "LANG=C\0LD_LIBRARY_PATH=/opt/a=b\0\0nonsense\0");

    assertThat(new SshdListeners(proc, "").environment())
        .isEqualTo(Map.of("LANG", "C", "LD_LIBRARY_PATH", "/opt/a=b"));
  }

  @Test
  void should_say_which_sshds_are_watched_and_why_the_others_are_not() throws IOException {
    // given
    process(
        811,
        "sshd",
        "sshd: /opt/ssh/sbin/sshd -D -f /opt/ssh/etc/conf [listener] 0 of 10-100 startups",
        0);
    process(1234, "sshd", "/home/mallory/sshd\0-D", 1000);
    process(1300, "sshd", "/usr/sbin/sshd\0-D", 0);
    file(1300 + "/status", "Name:\tsshd\nUid:\t0\t0\t0\t0\nNSpid:\t1300\t1\n");

    // when
    var listeners = new SshdListeners(proc, "");
    var bastion = new SshdListeners(proc, "/opt/ssh/etc/conf");

    // then
    assertThat(listeners.watched()).extracting(SshdListener::pid).containsExactly(811, 812);
    assertThat(listeners.watched())
        .extracting(SshdListener::executable)
        .containsExactly(
            Optional.of(Path.of("/opt/ssh/sbin/sshd")), Optional.of(Path.of("/usr/sbin/sshd")));
    assertThat(listeners.unwatched())
        .extractingFromEntries(entry -> entry.getKey().pid() + " " + entry.getValue())
        .containsExactly("1234 OF_A_USER", "1300 IN_A_CONTAINER");
    assertThat(bastion.watched()).extracting(SshdListener::pid).containsExactly(811);
    assertThat(bastion.unwatched())
        .extractingFromEntries(entry -> entry.getKey().pid() + " " + entry.getValue())
        .contains("812 OTHER_COMMAND");
  }

  @Test
  void should_believe_the_link_in_proc_more_than_the_title() throws IOException {
    Files.createSymbolicLink(proc.resolve("812/exe"), Path.of("/opt/new/sshd (deleted)"));

    assertThat(new SshdListeners(proc, "").watched())
        .extracting(SshdListener::executable)
        .containsExactly(Optional.of(Path.of("/opt/new/sshd")));
  }

  @Test
  void should_name_the_listener_of_a_port_if_that_can_be_seen() throws IOException {
    process(813, "sshd", "/usr/sbin/sshd\0-D", 0);
    assertThat(new SshdListeners(proc, "").watched(2222)).hasSize(2);

    holds(813, 2);
    holds(812, 3);

    assertThat(new SshdListeners(proc, "").watched(2222))
        .extracting(SshdListener::pid)
        .containsExactly(813);
    assertThat(new SshdListeners(proc, "").watched(9)).hasSize(2);
  }

  @Test
  void should_know_what_a_listeners_connections_execute() throws IOException {
    // given
    process(812, 1, "sshd", "/opt/ssh/sbin/sshd");
    process(901, 812, "sshd-session", "/opt/ssh/libexec/sshd-session");
    process(902, 901, "sshd-auth", "/opt/ssh/libexec/sshd-auth");
    process(903, 901, "sh", "/bin/sh");
    process(950, 1, "sshd-session", "/usr/lib/openssh/sshd-session");
    process(951, 903, "sshd-auth", "/home/mallory/sshd-auth");

    // when, then
    assertThat(new SshdListeners(proc, "").executedBelow(812))
        .containsExactly(
            Path.of("/opt/ssh/libexec/sshd-session"), Path.of("/opt/ssh/libexec/sshd-auth"));
  }

  private void process(int pid, int parent, String comm, String executable) throws IOException {
    file(pid + "/comm", comm + "\n");
    file(pid + "/status", "Name:\t%s\nPPid:\t%d\nUid:\t0\t0\t0\t0\n".formatted(comm, parent));
    Files.createSymbolicLink(proc.resolve(pid + "/exe"), Path.of(executable));
  }

  @Test
  void should_find_nothing_in_an_empty_proc(@TempDir Path empty) {
    assertThat(new SshdListeners(empty, "").address()).isEmpty();
    assertThat(new SshdListeners(empty, "").environment()).isEmpty();
  }
}
