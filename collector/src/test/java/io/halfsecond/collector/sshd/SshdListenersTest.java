package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

  @Test
  void should_know_the_listeners_environment() throws IOException {
    file("812/environ", "LANG=C\0LD_LIBRARY_PATH=/opt/a=b\0\0nonsense\0");

    assertThat(new SshdListeners(proc, "").environment())
        .isEqualTo(Map.of("LANG", "C", "LD_LIBRARY_PATH", "/opt/a=b"));
  }

  @Test
  void should_find_nothing_in_an_empty_proc(@TempDir Path empty) {
    assertThat(new SshdListeners(empty, "").address()).isEmpty();
    assertThat(new SshdListeners(empty, "").environment()).isEmpty();
  }
}
