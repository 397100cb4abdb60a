package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Platform;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.packages.InstalledPackage;
import io.halfsecond.collector.inventory.process.AtPath;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.schemas.TamperFact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HiddenObjectsTest {
  private static final Instant START = Instant.parse("2026-11-29T12:00:00Z");
  private static final String LZMA = "/usr/lib/liblzma.so.5";

  private final HiddenObjects rule = new HiddenObjects();

  private static SshdObject object(long inode, AtPath atPath, MappedIn... mappedIn) {
    return new SshdObject(
        LZMA,
        new FileIdentity("08:01", inode, 1, START),
        "ab".repeat(32),
        ElfObject.UNREAD,
        InstalledPackage.NONE,
        List.of(),
        false,
        List.of(mappedIn),
        atPath);
  }

  /// Of a listener that started so many seconds after [#START].
  private static Fingerprint seen(int listenerStarted, SshdObject... objects) {
    return new Fingerprint(
        new Platform("6.1", "x86_64", "", "", START, "debian-12"),
        "",
        "",
        Optional.of(START.plusSeconds(listenerStarted)),
        Optional.of(START.plusSeconds(listenerStarted + 1)),
        true,
        List.of(objects));
  }

  private Optional<Finding> take(int second, Fingerprint seen) {
    return rule.take(seen, START.plusSeconds(second));
  }

  @Test
  void should_say_that_nothing_is_hidden() {
    assertThat(take(10, seen(0, object(1, AtPath.SAME, MappedIn.LISTENER))))
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.facts()).isEmpty();
              assertThat(finding.complete()).isTrue();
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"HIDDEN", "NO_PATH"})
  void should_find_at_once_what_no_upgrade_leaves(AtPath atPath) {
    assertThat(take(10, seen(0, object(1, atPath, MappedIn.MONITOR))))
        .hasValueSatisfying(
            finding ->
                assertThat(finding.facts())
                    .extracting(TamperFact::getObject)
                    .containsExactly(LZMA));
  }

  @ParameterizedTest
  @EnumSource(names = {"REPLACED", "REMOVED", "HIDDEN"})
  void should_be_silent_about_a_file_that_was_at_its_path_before(AtPath atPath) {
    // given
    take(10, seen(0, object(1, AtPath.SAME, MappedIn.LISTENER)));

    // when: it was upgraded, or hidden from all, under the running sshd
    var after = take(20, seen(0, object(1, atPath, MappedIn.LISTENER)));

    // then
    assertThat(after)
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.facts()).isEmpty();
              assertThat(finding.complete()).isTrue();
            });
  }

  @Test
  void should_not_judge_a_file_that_was_lost_before_it_was_watched() {
    // An sshd that was upgraded and not restarted, then the collector's start.
    assertThat(take(10, seen(0, object(1, AtPath.REPLACED, MappedIn.LISTENER)))).isEmpty();
    assertThat(take(20, seen(0, object(1, AtPath.REPLACED, MappedIn.LISTENER)))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"REPLACED", "REMOVED"})
  void should_find_a_lost_file_that_a_younger_sshd_has_and_nobody_saw_at_its_path(AtPath atPath) {
    // given
    take(10, seen(0, object(1, AtPath.SAME, MappedIn.LISTENER)));

    // when: put there, sshd started, taken away
    var after = take(20, seen(15, object(2, atPath, MappedIn.LISTENER)));

    // then
    assertThat(after)
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.facts()).hasSize(1);
              assertThat(finding.complete()).isTrue();
            });
  }

  @Test
  void should_not_judge_what_it_cannot_see() {
    assertThat(take(10, seen(0, object(1, AtPath.NOT_SEEN, MappedIn.LISTENER)))).isEmpty();
  }
}
