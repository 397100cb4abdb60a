package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.Stat;
import io.halfsecond.collector.inventory.process.Mapping.MappedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChildFilesTest {
  private static final String SSHD = "/usr/sbin/sshd";
  private static final String LZMA = "/usr/lib/liblzma.so.5";
  private static final String NSS = "/usr/lib/libnss_systemd.so.2";
  private static final String PAM = "/usr/lib/security/pam_unix.so";
  private static final String CRYPT = "/usr/lib/libcrypt.so.1";
  private static final String TRACE = "/opt/trace.so";
  private static final String HIDDEN = "/memfd:x";
  private static final List<Link> LINKS =
      List.of(
          link(SSHD, "liblzma.so.5"),
          link(LZMA),
          link(NSS),
          link(PAM, "libcrypt.so.1"),
          link(CRYPT),
          link(TRACE),
          link(HIDDEN));

  @Test
  void should_keep_what_the_loader_gave_it_and_what_the_listener_has() {
    // when
    var kept = ChildFiles.keep(found(), LINKS, List.of(TRACE), Set.of(mapped(NSS, 17)));

    // then: the PAM module and what only that needs is left out
    assertThat(kept.keySet())
        .extracting(MappedFile::path)
        .containsExactly(SSHD, LZMA, NSS, TRACE, HIDDEN);
  }

  @Test
  void should_be_the_same_whatever_of_the_rest_a_monitor_has_opened() {
    // given
    var kept = ChildFiles.keep(found(), LINKS, List.of(), Set.of());
    var leftOut = new LinkedHashMap<>(found());
    leftOut.keySet().removeAll(kept.keySet());
    var known =
        new ChildFiles(
            new ProcessInstance(1000, Duration.ZERO, OptionalLong.empty(), "1", "2"),
            Optional.empty(),
            kept,
            leftOut.keySet(),
            new FileDependencies());

    // when, then
    assertThat(known.sameAs(memory(SSHD, LZMA, HIDDEN))).isTrue();
    assertThat(known.sameAs(memory(SSHD, LZMA, HIDDEN, PAM))).isTrue();
    assertThat(known.sameAs(memory(SSHD, LZMA, HIDDEN, "/usr/lib/security/pam_new.so"))).isFalse();
    assertThat(known.sameAs(memory(SSHD, HIDDEN))).isFalse();
  }

  private static Map<MappedFile, LocatedFile> found() {
    var found = new LinkedHashMap<MappedFile, LocatedFile>();
    for (var link : LINKS) {
      var file = mapped(link.path(), 1);
      found.put(
          file,
          new LocatedFile(
              link.path(),
              Stat.unseen(file.device(), file.inode()),
              Optional.empty(),
              link.path().equals(SSHD),
              List.of(MappedIn.MONITOR),
              link.path().equals(HIDDEN) ? AtPath.HIDDEN : AtPath.SAME));
    }
    return found;
  }

  private static ExecutableMappings memory(String... paths) {
    var mappings = new ArrayList<Mapping>();
    for (var path : paths) {
      mappings.add(new Mapping("1000-2000", "fe:00", 1, path, false));
    }
    return new ExecutableMappings(SSHD, mappings);
  }

  private static MappedFile mapped(String path, long inode) {
    return new MappedFile(path, "fe:00", inode);
  }

  private static Link link(String path, String... needed) {
    return new Link(path, new ElfObject(true, "", List.of(needed), List.of(), List.of(), ""));
  }
}
