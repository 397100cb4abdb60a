package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggedChangeTest {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final Instant UNPACKED = Instant.parse("2024-03-29T11:58:02Z");
  private static final Instant INSTALLED = Instant.parse("2024-03-29T11:58:05Z");

  /// As apt-get and dpkg of Debian 12 write it, called by a person in that zone.
  private static String log(ZoneId caller) {
    var text = new StringBuilder();
    line(text, caller, -2, "startup archives unpack");
    line(text, caller, -1, "upgrade liblzma5:amd64 5.4.5-0.3 5.6.1-1");
    line(text, caller, -1, "status half-configured liblzma5:amd64 5.4.5-0.3");
    line(text, caller, -1, "status unpacked liblzma5:amd64 5.4.5-0.3");
    line(text, caller, 0, "status half-installed liblzma5:amd64 5.4.5-0.3");
    line(text, caller, 0, "status unpacked liblzma5:amd64 5.6.1-1");
    line(text, caller, 1, "startup packages configure");
    line(text, caller, 1, "configure liblzma5:amd64 5.6.1-1 <none>");
    line(text, caller, 2, "status unpacked liblzma5:amd64 5.6.1-1");
    line(text, caller, 2, "status half-configured liblzma5:amd64 5.6.1-1");
    line(text, caller, 3, "status installed liblzma5:amd64 5.6.1-1");
    return text.toString();
  }

  private static void line(StringBuilder text, ZoneId caller, long second, String what) {
    text.append(LocalDateTime.ofInstant(UNPACKED.plusSeconds(second), caller).format(TIME))
        .append(' ')
        .append(what)
        .append('\n');
  }

  private static LoggedChange change(ZoneId caller, ZoneId host) {
    var changes =
        new DpkgLog(List.of(), host, ReadPacing.FAST)
            .changes(log(caller).lines(), Set.of("liblzma5:amd64"));
    return changes.values().iterator().next();
  }

  @ParameterizedTest
  @CsvSource({
    "UTC, UTC",
    "UTC, Europe/Berlin",
    "Europe/Berlin, UTC",
    "America/Los_Angeles, Asia/Tokyo",
    "Asia/Kathmandu, UTC",
    "Australia/Eucla, America/St_Johns",
    "Pacific/Kiritimati, Pacific/Pago_Pago",
    "Pacific/Pago_Pago, Pacific/Kiritimati"
  })
  void should_be_right_whatever_the_zones_of_caller_and_host(String caller, String host) {
    var change = change(ZoneId.of(caller), ZoneId.of(host));

    assertThat(change.heldAgainst(UNPACKED)).isEqualTo(INSTALLED);
    assertThat(change.heldAgainst(UNPACKED.plusSeconds(6))).isEqualTo(INSTALLED);
  }

  @Test
  void should_tell_the_two_hours_of_autumn_apart() {
    // given: 02:30 local time, for the second time
    var second = Instant.parse("2024-10-27T01:30:00Z");
    var berlin = ZoneId.of("Europe/Berlin");
    var change =
        new DpkgLog(List.of(), berlin, ReadPacing.FAST)
            .changes(
                """
                2024-10-27 02:30:00 upgrade zlib1g:amd64 1:1.2.13 1:1.3
                2024-10-27 02:30:01 status unpacked zlib1g:amd64 1:1.3
                2024-10-27 02:30:02 status installed zlib1g:amd64 1:1.3
                """
                    .lines(),
                Set.of("zlib1g:amd64"))
            .values()
            .iterator()
            .next();

    assertThat(change.heldAgainst(second)).isEqualTo(second.plusSeconds(2));
    assertThat(change.heldAgainst(second.minusSeconds(3_600)))
        .isEqualTo(second.minusSeconds(3_598));
  }

  @Test
  void should_believe_the_log_if_the_list_was_not_written_by_that_unpacking() {
    var change = change(ZoneId.of("UTC"), ZoneId.of("UTC"));

    assertThat(change.heldAgainst(UNPACKED.plus(Duration.ofMinutes(7)))).isEqualTo(INSTALLED);
    assertThat(change.heldAgainst(UNPACKED.plus(Duration.ofDays(3)))).isEqualTo(INSTALLED);
    assertThat(change.heldAgainst(Instant.EPOCH)).isEqualTo(INSTALLED);
  }

  @Test
  void should_believe_a_log_without_an_unpacking() {
    var change =
        new DpkgLog(List.of(), ZoneId.of("UTC"), ReadPacing.FAST)
            .changes(
                "2024-03-29 11:58:05 status installed liblzma5:amd64 5.6.1-1".lines(),
                Set.of("liblzma5:amd64"))
            .values()
            .iterator()
            .next();

    assertThat(change.heldAgainst(UNPACKED.minusSeconds(3_600))).isEqualTo(INSTALLED);
  }

  @Test
  void should_date_the_package_of_a_file_by_log_and_list(@TempDir Path directory) throws Exception {
    // given: a collector in UTC, and an administrator in New York
    var info = Files.createDirectories(directory.resolve("dpkg/info"));
    var list =
        Files.writeString(
            info.resolve("liblzma5:amd64.list"), "/lib/x86_64-linux-gnu/liblzma.so.5.6.1\n");
    Files.setLastModifiedTime(list, FileTime.from(UNPACKED));
    Files.writeString(
        directory.resolve("dpkg/status"),
        "Package: liblzma5\nArchitecture: amd64\nVersion: 5.6.1-1\n");
    var log = Files.writeString(directory.resolve("dpkg.log"), log(ZoneId.of("America/New_York")));
    var path = "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1";

    // when
    var owners =
        new Dpkg(
                directory.resolve("dpkg"),
                new DpkgLog(List.of(log), ZoneId.of("UTC"), ReadPacing.FAST))
            .owners(List.of(path));

    // then
    assertThat(owners)
        .containsEntry(path, new InstalledPackage("liblzma5", "liblzma5", "5.6.1-1", INSTALLED));
  }
}
