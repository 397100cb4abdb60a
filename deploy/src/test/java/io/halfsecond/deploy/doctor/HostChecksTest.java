package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.config.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {
  private static final String ALL_CAPABILITIES = "000001ffffffffff";

  @TempDir private Path root = Path.of("");

  /// What servers say, by port.
  private final Map<Integer, String> greetings = new HashMap<>();

  /// Why the kernel does not tell of a child process.
  private Optional<String> noEvents = Optional.empty();

  private Optional<String> noAccount = Optional.empty();

  /// What a server logs of a connection.
  private String logged = "";

  @BeforeEach
  void lookLikeAFleetHost() throws IOException {
    file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
    file("/proc/sys/kernel/hostname", "web-17\n");
    file("/proc/self/status", "Name:\tjava\nCapEff:\t" + ALL_CAPABILITIES + "\nCapBnd:\t0\n");
    file(
        "/etc/passwd",
        "root:x:0:0::/root:/bin/sh\nsshd:x:104:65534::/run/sshd:/usr/sbin/nologin\n");
    Files.createDirectories(root.resolve("var/lib"));
    process(812, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", 0);
    file("/var/log/journal/5f1c/system.journal", "");
    file("/etc/os-release", "NAME=\"Fedora Linux\"\nVERSION_ID=41\nID=fedora\n");
    file(
        "/proc/net/tcp",
        "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0"
            + " 4711 1\n");
  }

  @Test
  void should_find_nothing_wrong_on_a_fleet_host() {
    assertThat(texts(Map.of()))
        .containsExactly(
            "ok    Java " + Runtime.version().feature(),
            "ok    Linux 6.1.0-18-amd64",
            "ok    host: web-17",
            "ok    kernel source: the proc connector and taskstats told of the exit of a child"
                + " process of doctor's within 31 ms",
            "ok    sshd: /usr/sbin/sshd (pid 812)",
            "ok    probe: sshd at 127.0.0.1:22",
            "ok    log source: the journal",
            "ok    state directory: /var/lib/halfsecond/collector",
            "ok    cohort: fedora-41-%s (from os-release)"
                .formatted(System.getProperty("os.arch").replace("amd64", "x86_64")));
  }

  @Test
  void should_name_the_source_that_tells_nothing_and_the_capability_that_is_missing()
      throws IOException {
    noAccount = Optional.of("taskstats need the capability CAP_NET_ADMIN, which is missing");
    file("/proc/self/status", "CapEff:\t0000000000000000\n");

    assertThat(texts(Map.of()))
        .contains(
            """
            FAIL  kernel source: the proc connector tells of the exit of a child process of doctor's, and taskstats do not: taskstats need the capability CAP_NET_ADMIN, which is missing
                  why: the CPU that a connection has used is not known from its end
                  do:  run as root, or give the service AmbientCapabilities=CAP_NET_ADMIN\
            """);

    file("/proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\n");

    assertThat(texts(Map.of()))
        .as("root need not be root")
        .anyMatch(text -> text.contains("--cap-add=NET_ADMIN"))
        .noneMatch(text -> text.contains("run as root"));
  }

  @Test
  void should_say_whom_the_probe_finds() throws IOException {
    assertThat(texts(Map.of("collector.probe-target", "192.0.2.7:2222")))
        .contains("ok    probe: sshd at 192.0.2.7:2222");

    Files.delete(root.resolve("proc/net/tcp"));

    assertThat(texts(Map.of()))
        .anyMatch(text -> text.startsWith("warn  probe: no listening sshd found"));
    assertThat(texts(Map.of("collector.probe", "false")))
        .anyMatch(text -> text.startsWith("warn  probe: off"));
  }

  @Test
  void should_fail_where_the_kernel_tells_nothing_whatever_it_granted() {
    noEvents = Optional.of("the kernel ignored the request for process events");

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith(
                        "FAIL  kernel source: the proc connector does not tell of a child process"
                            + " of doctor's: the kernel ignored the request for process events")
                    && text.contains("do:  in a container use the host's namespaces"));
  }

  @Test
  void should_not_try_a_kernel_source_that_is_off() {
    noEvents = Optional.of("must not be asked");

    assertThat(texts(Map.of("collector.kernel", "false")))
        .anyMatch(text -> text.startsWith("warn  kernel source: off"))
        .noneMatch(text -> text.contains("must not be asked"));
  }

  @Test
  void should_fail_for_a_host_name_that_the_topology_refuses() throws IOException {
    file("/proc/sys/kernel/hostname", "größe-π\n");

    assertThat(texts(Map.of()))
        .anyMatch(text -> text.startsWith("FAIL  host: 'größe-π' is not a name"));
    assertThat(texts(Map.of("host", "web-17"))).contains("ok    host: web-17");
  }

  @Test
  void should_try_whether_sshds_lines_arrive_in_the_log() throws IOException {
    // given: a log with lines of an hour ago, and an sshd that answers
    file(
        "/var/log/auth.log",
        "2026-11-21T10:14:04.1+00:00 web-17 sshd[7]: Server listening on 0.0.0.0 port 22.\n");
    greetings.put(22, "SSH-2.0-OpenSSH_9.2p1");
    var ofFile = Map.of("collector.log", "file");

    // then
    assertThat(texts(ofFile))
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  log source: /var/log/auth.log, which has no line of sshd's about a"
                        + " connection made now"));

    logged = "2026-11-21T11:14:04.1+00:00 web-17 CRON[9]: x\n";
    assertThat(texts(ofFile)).anyMatch(text -> text.contains("which has no line of sshd's"));

    logged = "2026-11-21T11:14:04.1+00:00 web-17 sshd[9]: Connection closed by 127.0.0.1 port 5\n";
    assertThat(texts(ofFile))
        .contains(
            "ok    log source: /var/log/auth.log, which has sshd's line about a connection made"
                + " now");
  }

  @Test
  void should_only_warn_when_the_log_was_optional() throws IOException {
    Files.delete(root.resolve("var/log/journal/5f1c/system.journal"));
    Files.delete(root.resolve("var/log/journal/5f1c"));
    Files.delete(root.resolve("var/log/journal"));

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  log source: /var/log/auth.log and /var/log/secure not found, and there"
                        + " is no journal"));
    assertThat(texts(Map.of("collector.log", "file")))
        .anyMatch(
            text ->
                text.startsWith(
                    "FAIL  log source: /var/log/auth.log and /var/log/secure not found"));
    assertThat(texts(Map.of("collector.log", "journal")))
        .anyMatch(text -> text.startsWith("FAIL  log source: no journal"));
  }

  @Test
  void should_warn_when_only_a_users_own_journal_can_be_read() throws IOException {
    Files.move(
        root.resolve("var/log/journal/5f1c/system.journal"),
        root.resolve("var/log/journal/5f1c/user-1000.journal"));

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith("warn  log source: the journal, but there is no system.journal")
                    && text.contains("group systemd-journal"));
  }

  @Test
  void should_fail_when_there_is_no_sshd_at_all() throws IOException {
    Files.delete(root.resolve("proc/812/comm"));

    assertThat(texts(Map.of()))
        .anyMatch(text -> text.startsWith("FAIL  sshd: neither running nor installed"));
  }

  @Test
  void should_not_count_other_peoples_sshds() throws IOException {
    // given
    process(900, "sshd", "sshd: alice [priv]", 0);
    process(901, "sshd", "/home/bob/sshd\0-D", 1000);
    process(902, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", 0);
    file("/proc/902/status", "Uid:\t0\t0\t0\t0\nNSpid:\t902\t1\n");

    // when
    var texts = texts(Map.of());

    // then
    assertThat(texts)
        .contains("ok    sshd: /usr/sbin/sshd (pid 812)")
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  sshd: /home/bob/sshd (pid 901) is not watched: it is not root's"))
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  sshd: /usr/sbin/sshd (pid 902) is not watched: it runs in a container"))
        .noneMatch(text -> text.contains("900"));
  }

  @Test
  void should_know_the_sshd_that_is_configured() throws IOException {
    process(813, "sshd", "/opt/ssh/sbin/sshd\0-D\0-f\0/opt/ssh/etc/conf", 0);

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith(
                        "warn  sshd: /usr/sbin/sshd (pid 812), /opt/ssh/sbin/sshd (pid 813) are"
                            + " measured as one")
                    && text.contains("collector.sshd-command"));
    assertThat(texts(Map.of("collector.sshd-command", "/opt/ssh/etc/conf")))
        .contains("ok    sshd: /opt/ssh/sbin/sshd (pid 813)")
        .anyMatch(text -> text.startsWith("ok    sshd: /usr/sbin/sshd (pid 812) is not watched"));
    assertThat(texts(Map.of("collector.sshd-command", "bastion")))
        .anyMatch(
            text ->
                text.startsWith("FAIL  sshd: no sshd of root's has \"bastion\" on its command"));
  }

  @Test
  void should_say_what_to_do_about_an_sshd_that_writes_its_own_log() throws IOException {
    // given
    process(812, "sshd", "/usr/sbin/sshd\0-D\0-E\0/var/log/sshd.log", 0);
    file(
        "/var/log/sshd.log",
        """
        Server listening on 0.0.0.0 port 22.
        Invalid user nosuch from 192.0.2.1 port 50000
        Connection closed by invalid user nosuch 192.0.2.1 port 50000 [preauth]
        """);

    // when
    var texts = texts(Map.of("collector.log-file", "/var/log/sshd.log", "collector.log", "file"));

    // then
    assertThat(texts)
        .anyMatch(
            text ->
                text.startsWith(
                        "warn  log source: sshd (pid 812) logs to /var/log/sshd.log (-E), without")
                    && text.contains("start sshd without -E"))
        .anyMatch(
            text ->
                text.startsWith("warn  log source: sshd's lines in /var/log/sshd.log have no pid")
                    && text.contains("start sshd without -E"));
  }

  @Test
  void should_be_content_with_a_file_of_a_syslog_daemon() throws IOException {
    file(
        "/var/log/auth.log",
        "x\n".repeat(50_000)
            + "Nov 29 15:00:01 web-17 sshd[1000]: Invalid user nosuch from 192.0.2.1 port 50000\n");

    assertThat(texts(Map.of("collector.log", "file")))
        .contains("ok    log source: /var/log/auth.log");
  }

  @Test
  void should_name_the_account_and_the_directory_that_are_missing() throws IOException {
    assertThat(texts(Map.of("collector.privsep-user", "_sshd")))
        .anyMatch(
            text ->
                text.startsWith("warn  kernel source: no account _sshd in /etc/passwd")
                    && text.contains("collector.privsep-user"));

    file("/opt/file", "");

    assertThat(texts(Map.of("collector.state-directory", "/proc/self/status/x")))
        .noneMatch(text -> text.startsWith("ok    state directory"));
  }

  @Test
  void should_name_other_ssh_servers_that_listen() throws IOException {
    // given
    process(300, "dropbear", "/usr/sbin/dropbear\0-p\0" + 2200, 0);
    listens(300, 2200);
    process(301, "tcpserver", "tcpserver\0" + "0\0" + "2201\0/usr/sbin/tinysshd\0keys", 0);
    listens(301, 2201);
    process(302, "gitea", "/usr/bin/gitea\0web", 1000);
    listens(302, 2202);
    greetings.put(2202, "SSH-2.0-Go");
    process(303, "nginx", "nginx", 0);
    listens(303, 80);

    // when
    var texts = texts(Map.of());

    // then
    assertThat(texts)
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  ssh server: dropbear (pid 300) at 127.0.0.1:2200 is not watched"))
        .anyMatch(
            text -> text.startsWith("warn  ssh server: tcpserver (pid 301) at 127.0.0.1:2201"))
        .anyMatch(
            text ->
                text.startsWith(
                    "warn  ssh server: gitea (pid 302) at 127.0.0.1:2202 (SSH-2.0-Go) is not"
                        + " watched"))
        .noneMatch(text -> text.contains("nginx"));
  }

  /// A connection to another socket of init's would start the service behind it.
  @Test
  void should_name_the_socket_that_init_starts_sshd_for() throws IOException {
    // given
    Files.delete(root.resolve("proc/812/comm"));
    Files.writeString(root.resolve("proc/net/tcp"), "");
    file("/proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t" + ALL_CAPABILITIES + "\n");
    process(1, "systemd", "/sbin/init", 0);
    listens(1, 2222);
    listens(1, 9090);
    greetings.put(2222, "SSH-2.0-OpenSSH_9.2p1");
    greetings.put(9090, "SSH-2.0-OpenSSH_9.2p1");

    // when
    var texts = texts(Map.of());

    // then
    assertThat(texts)
        .contains("ok    sshd: started for each connection at 127.0.0.1:2222")
        .anyMatch(text -> text.contains("set collector.probe-target to 127.0.0.1:2222"))
        .noneMatch(text -> text.contains("9090"))
        .noneMatch(text -> text.contains("without root"));
  }

  /// Without root nobody knows who holds a socket.
  @Test
  void should_not_call_the_watched_sshd_another_server_when_it_cannot_see_who_listens()
      throws IOException {
    greetings.put(22, "SSH-2.0-OpenSSH_9.2p1");
    assertThat(texts(Map.of())).noneMatch(text -> text.contains("ssh server:"));

    greetings.put(22, "SSH-2.0-dropbear_2022.83");
    assertThat(texts(Map.of()))
        .anyMatch(
            text -> text.startsWith("warn  ssh server: a server at 127.0.0.1:22 (SSH-2.0-drop"));
  }

  @Test
  void should_fail_under_an_older_java() {
    assertThat(HostChecks.java(21).text())
        .isEqualTo(
            """
            FAIL  Java 21 instead of 25
                  why: another version does not run Halfsecond
                  do:  install a Java 25 runtime, or set HALFSECOND_JAVA_HOME\
            """);
  }

  @Test
  void should_say_which_hosts_it_is_compared_with() throws IOException {
    assertThat(texts(Map.of("collector.cohort", "bastions")))
        .contains("ok    cohort: bastions (collector.cohort)");

    Files.delete(root.resolve("etc/os-release"));

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith("warn  cohort: none: no os-release file names")
                    && text.contains("set collector.cohort"));
  }

  private List<String> texts(Map<String, String> set) {
    try {
      return new HostChecks(
              new Host(root),
              Configuration.load(Optional.empty(), Map.of(), set),
              _ -> new KernelTrial(noEvents, noAccount, Duration.ofMillis(31)),
              Optional.of(address -> greet(address.getPort())))
          .run().stream().map(Finding::text).toList();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<String> greet(int port) {
    try {
      if (!logged.isEmpty()) {
        Files.writeString(root.resolve("var/log/auth.log"), logged, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.ofNullable(greetings.get(port));
  }

  private void process(int pid, String comm, String command, int uid) throws IOException {
    file("/proc/" + pid + "/comm", comm + "\n");
    file("/proc/" + pid + "/cmdline", command + "\0");
    file("/proc/" + pid + "/status", "Uid:\t%1$d\t%1$d\t%1$d\t%1$d\n".formatted(uid));
  }

  /// Listens on all addresses; the inode of the socket is the port.
  private void listens(int pid, int port) throws IOException {
    Files.writeString(
        root.resolve("proc/net/tcp"),
        "   1: 00000000:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 %d 1\n"
            .formatted(port, port),
        StandardOpenOption.APPEND);
    link("/proc/%d/fd/%d".formatted(pid, port), "socket:[%d]".formatted(port));
  }

  private void file(String path, String text) throws IOException {
    var file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void link(String path, String target) throws IOException {
    var link = root.resolve(path.substring(1));
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(target));
  }
}
