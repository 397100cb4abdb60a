package io.halfsecond.collector.inventory.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageManagerTest {
  private static final String LZMA = "/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1";
  private static final String SSHD = "/usr/sbin/sshd";

  @Test
  void should_know_owners_whichever_side_of_the_merge_they_list(@TempDir Path dpkg)
      throws IOException, InterruptedException {
    // given: as of Debian 12
    var info = Files.createDirectory(dpkg.resolve("info"));
    Files.writeString(
        info.resolve("liblzma5:amd64.list"), "/.\n/lib\n/lib/x86_64-linux-gnu/liblzma.so.5.4.1\n");
    Files.writeString(info.resolve("openssh-server.list"), "/.\n/usr/sbin\n/usr/sbin/sshd\n");
    Files.writeString(
        dpkg.resolve("status"),
        """
        Package: liblzma5
        Status: install ok installed
        Architecture: i386
        Version: 5.4.0-1
        Description: compression
         Version: not this

        Package: liblzma5
        Status: install ok installed
        Architecture: amd64
        Source: xz-utils
        Version: 5.4.1-1

        Package: openssh-server
        Source: openssh (1:9.2p1-2)
        Architecture: amd64
        Version: 1:9.2p1-2+deb12u7
        """);

    var log =
        Files.writeString(
            dpkg.resolve("dpkg.log"),
            "2024-03-29 12:00:05 status installed liblzma5:amd64 5.4.1-1\n");
    Files.setLastModifiedTime(
        info.resolve("openssh-server.list"),
        FileTime.from(Instant.parse("2023-06-10T08:00:00.25Z")));

    // when
    var owners =
        new Dpkg(dpkg, new DpkgLog(List.of(log), ZoneOffset.UTC, ReadPacing.FAST))
            .owners(List.of(LZMA, SSHD, "/opt/lib/libslow.so.1"));

    // then
    assertThat(owners)
        .containsOnly(
            entry(
                LZMA,
                new InstalledPackage(
                    "liblzma5", "xz-utils", "5.4.1-1", Instant.parse("2024-03-29T12:00:05Z"))),
            entry(
                SSHD,
                new InstalledPackage(
                    "openssh-server",
                    "openssh",
                    "1:9.2p1-2+deb12u7",
                    Instant.parse("2023-06-10T08:00:00Z"))));
  }

  @Test
  void should_know_no_owner_where_there_is_no_dpkg(@TempDir Path empty)
      throws InterruptedException {
    assertThat(
            new Dpkg(empty, new DpkgLog(List.of(), ZoneOffset.UTC, ReadPacing.FAST))
                .owners(List.of(SSHD)))
        .isEmpty();
  }

  @Test
  void should_understand_rpm() {
    assertThat(
            Rpm.parse(
                "halfsecond\tlibselinux\t3.5-1.el9\t1711670400\tlibselinux-3.5-1.el9.src.rpm\n"))
        .contains(
            new InstalledPackage(
                "libselinux", "libselinux", "3.5-1.el9", Instant.parse("2024-03-29T00:00:00Z")));
    assertThat(Rpm.parse("halfsecond\tlibselinux\t3.5-1.el9\t(none)\t(none)\n"))
        .contains(new InstalledPackage("libselinux", "", "3.5-1.el9", Instant.EPOCH));
    assertThat(Rpm.parse("file /opt/lib/libslow.so.1 is not owned by any package\n")).isEmpty();
  }
}
