package io.halfsecond.collector.inventory.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DependencyChainsTest {
  private static final Link SSHD = link("/usr/sbin/sshd", "", "libsystemd.so.0", "libc.so.6");
  private static final Link SYSTEMD =
      link("/usr/lib/libsystemd.so.0.35.0", "libsystemd.so.0", "liblzma.so.5", "libc.so.6");
  private static final Link LZMA =
      link("/usr/lib/liblzma.so.5.4.1", "liblzma.so.5", "/tmp/libslow.so.1", "libc.so.6");
  private static final Link SLOW = link("/tmp/libslow.so.1", "libslow.so.1", "libc.so.6");
  private static final Link LIBC = link("/usr/lib/libc.so.6", "libc.so.6");
  private static final Link PLUGIN = link("/usr/lib/libnss_x.so.2", "libnss_x.so.2", "libc.so.6");

  @Test
  void should_give_the_shortest_way_to_each_object() {
    var ways =
        DependencyChains.of(List.of(SSHD.path()), List.of(PLUGIN, LIBC, SLOW, LZMA, SYSTEMD, SSHD));

    assertThat(ways)
        .containsOnly(
            entry(SSHD.path(), List.of()),
            entry(SYSTEMD.path(), List.of(SSHD.path())),
            entry(LIBC.path(), List.of(SSHD.path())),
            entry(LZMA.path(), List.of(SSHD.path(), SYSTEMD.path())),
            entry(SLOW.path(), List.of(SSHD.path(), SYSTEMD.path(), LZMA.path())));
  }

  @Test
  void should_end_when_libraries_need_each_other() {
    var one = link("/usr/lib/libone.so", "libone.so", "libtwo.so");
    var two = link("/usr/lib/libtwo.so", "libtwo.so", "libone.so");

    assertThat(DependencyChains.of(List.of(one.path()), Set.of(one, two)))
        .containsOnly(entry(one.path(), List.of()), entry(two.path(), List.of(one.path())));
  }

  private static Link link(String path, String soname, String... needed) {
    return new Link(path, new ElfObject(true, soname, List.of(needed), List.of(), List.of(), ""));
  }
}
