package io.halfsecond.deploy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {
  private static final String ALL_CAPABILITIES = "000001ffffffffff";

  @TempDir private Path root = Path.of("");

  @BeforeEach
  void lookLikeAFleetHost() throws IOException {
    file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
    file("/proc/self/status", "Name:\tjava\nCapEff:\t" + ALL_CAPABILITIES + "\nCapBnd:\t0\n");
    file("/proc/812/comm", "sshd\n");
    file("/var/log/journal/5f1c/system.journal", "");
    file("/etc/os-release", "NAME=\"Fedora Linux\"\nVERSION_ID=41\nID=fedora\n");
    link("/proc/self/ns/pid", "pid:[4026531836]");
    link("/proc/self/ns/user", "user:[4026531837]");
    link("/proc/self/ns/net", "net:[4026531840]");
    link("/proc/1/ns/net", "net:[4026531840]");
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
            "ok    kernel source: has CAP_NET_ADMIN",
            "ok    kernel source: in the host's pid, user and network namespaces",
            "ok    sshd: running (1 processes)",
            "ok    probe: sshd at 127.0.0.1:22",
            "ok    log source: the journal",
            "ok    cohort: fedora-41-%s (from os-release)"
                .formatted(System.getProperty("os.arch").replace("amd64", "x86_64")));
  }

  @Test
  void should_name_the_capability_that_is_missing() throws IOException {
    file("/proc/self/status", "CapEff:\t0000000000000000\n");

    assertThat(texts(Map.of()))
        .contains(
            """
            FAIL  kernel source: lacks CAP_NET_ADMIN, which process accounting (taskstats) needs
                  run as root, or give the service AmbientCapabilities=CAP_NET_ADMIN\
            """);
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
  void should_fail_in_another_namespace_where_the_kernel_sends_nothing() throws IOException {
    link("/proc/self/ns/net", "net:[4026532999]");
    link("/proc/self/ns/pid", "pid:[4026532998]");

    assertThat(texts(Map.of()))
        .anyMatch(
            text ->
                text.startsWith(
                    "FAIL  kernel source: not in the host's pid and network namespace"));
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
  void should_fail_under_an_older_java() {
    assertThat(HostChecks.java(21).text())
        .isEqualTo(
            "FAIL  Java 21 instead of 25\n"
                + "      install a Java 25 runtime, or set HALFSECOND_JAVA_HOME");
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
    return new HostChecks(new Host(root), Configuration.load(Optional.empty(), Map.of(), set))
        .run().stream().map(Finding::text).toList();
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
