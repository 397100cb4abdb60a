package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DpkgLogTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void should_take_the_last_change_of_each_package_by_the_clock_of_the_host()
      throws InterruptedException {
    // given: lines of Debian 12
    var times =
        times(
            """
            2024-03-29 12:58:00 startup archives unpack
            2024-03-29 12:58:01 upgrade liblzma5:amd64 5.4.5-0.3 5.6.1-1
            2024-03-29 12:58:01 status half-installed liblzma5:amd64 5.4.5-0.3
            2024-03-29 12:58:02 status unpacked liblzma5:amd64 5.6.1-1
            2024-03-29 12:58:03 upgrade liblzma5:i386 5.4.5-0.3 5.6.1-1
            2024-03-29 12:58:04 configure liblzma5:amd64 5.6.1-1 <none>
            2024-03-29 12:58:05 status installed liblzma5:amd64 5.6.1-1
            2024-03-29 12:58:06 install openssh-server:amd64 <none> 1:9.2p1-2
            2024-03-29 12:58:09 remove libwrap0:amd64 7.6.q-32 <none>
            """,
            Set.of("liblzma5:amd64", "openssh-server", "libwrap0:amd64", "zlib1g:amd64"));

    // then: an hour before
    assertThat(times)
        .containsOnly(
            entry("liblzma5:amd64", Instant.parse("2024-03-29T11:58:05Z")),
            entry("openssh-server", Instant.parse("2024-03-29T11:58:06Z")),
            entry("libwrap0:amd64", Instant.parse("2024-03-29T11:58:09Z")));
  }

  @Test
  void should_not_take_a_trigger_for_an_installation() throws InterruptedException {
    assertThat(
            times(
                """
                2024-03-29 12:00:00 status installed libc-bin:amd64 2.36-9
                2024-03-29 13:00:00 trigproc libc-bin:amd64 2.36-9 <none>
                2024-03-29 13:00:00 status half-configured libc-bin:amd64 2.36-9
                2024-03-29 13:00:00 status installed libc-bin:amd64 2.36-9
                """,
                Set.of("libc-bin:amd64")))
        .containsExactly(entry("libc-bin:amd64", Instant.parse("2024-03-29T11:00:00Z")));
  }

  @Test
  void should_pass_over_lines_that_make_no_sense() throws InterruptedException {
    assertThat(
            times(
                """
                2024-03-29 12:00:00 status installed libc6:amd64 2.36-9
                2024-13-29 12:00:01 status installed libc6:amd64 2.36-9
                2024-02-30 25:00:01 upgrade libc6:amd64 2.36-9 2.36-10
                yesterday upgrade libc6:amd64 2.36-9 2.36-10
                2024-03-29 12:00:02 upgrade
                2024-03-29 12:00:03 upgrade libc6:am\
                """,
                Set.of("libc6:amd64")))
        .containsExactly(entry("libc6:amd64", Instant.parse("2024-03-29T11:00:00Z")));
  }

  @Test
  void should_read_the_end_of_a_long_log_and_then_the_one_before(@TempDir Path directory)
      throws Exception {
    // given
    var line = "2024-03-29 12:00:00 status installed libc6:amd64 2.36-9\n";
    var lost = "2024-03-29 11:00:00 status installed zlib1g:amd64 1.2.13\n";
    var newest =
        Files.writeString(
            directory.resolve("dpkg.log"), lost + line.repeat(1 + DpkgLog.LONGEST / line.length()));
    var older =
        Files.writeString(
            directory.resolve("dpkg.log.1"),
            """
            2024-02-29 12:00:00 status installed libc6:amd64 2.36-8
            2024-02-29 12:00:00 status installed libpam0g:amd64 1.5.2
            """);

    // when
    var times =
        times(
            new DpkgLog(List.of(newest, older, directory.resolve("gone")), BERLIN, ReadPacing.FAST)
                .changes(Set.of("libc6:amd64", "zlib1g:amd64", "libpam0g:amd64")));

    // then
    assertThat(times)
        .containsOnly(
            entry("libc6:amd64", Instant.parse("2024-03-29T11:00:00Z")),
            entry("libpam0g:amd64", Instant.parse("2024-02-29T11:00:00Z")));
  }

  private static Map<String, Instant> times(String text, Set<String> packages)
      throws InterruptedException {
    try {
      var log = Files.createTempFile("halfsecond", ".log");
      try {
        return times(
            new DpkgLog(List.of(Files.writeString(log, text)), BERLIN, ReadPacing.FAST)
                .changes(packages));
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Instant> times(Map<String, LoggedChange> changes) {
    var times = new HashMap<String, Instant>();
    changes.forEach((listed, change) -> times.put(listed, change.at()));
    return times;
  }
}
