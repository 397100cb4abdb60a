package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.host.FileIdentity;
import org.junit.jupiter.api.Test;

class MappingTest {
  /// From an sshd 9.2 of Debian 12, shortened; the last lines added.
  private static final String MAPS =
      """
      00400000-00401000 r--p 00000000 fe:00 260131                             /usr/sbin/sshd
      00401000-00405000 r-xp 00001000 fe:00 260131                             /usr/sbin/sshd
      7fca6d7bc000-7fca6d7de000 rw-p 00000000 00:00 0
      7fca6d7de000-7fca6d835000 r--p 00000000 fe:00 329635                     /usr/lib/locale/C.utf8/LC_CTYPE
      7fca6d8a2000-7fca6d8c0000 r-xp 00003000 fe:00 131330                     /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1
      7fca6d8c0000-7fca6d8c1000 r-xp 00021000 fe:00 131330                     /usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1
      7fca6d900000-7fca6d901000 r-xp 00000000 fe:00 131331                     /usr/lib/libz.so.1 (deleted)
      7fca6d902000-7fca6d903000 rwxp 00000000 00:01 1024                       /memfd:payload (deleted)
      7ffd3b9d6000-7ffd3b9d8000 r-xp 00000000 00:00 0                          [vdso]
      ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
      7fca6d904000-7fca6d905000 r-xp 00000000 fe:00 99999999999999999999       /too/large
      nonsense
      """;

  @Test
  void should_find_each_executable_file_once() {
    assertThat(Mapping.executable(MAPS))
        .containsExactly(
            new Mapping("401000-405000", "fe:00", 260131, "/usr/sbin/sshd", false),
            new Mapping(
                "7fca6d8a2000-7fca6d8c0000",
                "fe:00",
                131330,
                "/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1",
                false),
            new Mapping("7fca6d900000-7fca6d901000", "fe:00", 131331, "/usr/lib/libz.so.1", true),
            new Mapping("7fca6d902000-7fca6d903000", "00:01", 1024, "/memfd:payload", true));
  }

  @Test
  void should_keep_two_files_of_one_name_apart() {
    assertThat(
            Mapping.executable(
                """
                1000-2000 r-xp 00000000 fe:00 1                             /usr/lib/libz.so.1 (deleted)
                3000-4000 r-xp 00000000 fe:00 2                             /usr/lib/libz.so.1
                """))
        .extracting(Mapping::deleted)
        .containsExactly(true, false);
  }

  @Test
  void should_write_devices_as_the_kernel_does() {
    // makedev(254, 0), makedev(8, 1), makedev(0, 0x4a), makedev(259, 0x123)
    assertThat(FileIdentity.device(0xfe00)).isEqualTo("fe:00");
    assertThat(FileIdentity.device(0x801)).isEqualTo("08:01");
    assertThat(FileIdentity.device(0x4a)).isEqualTo("00:4a");
    assertThat(FileIdentity.device(0x110323L)).isEqualTo("103:123");
  }
}
