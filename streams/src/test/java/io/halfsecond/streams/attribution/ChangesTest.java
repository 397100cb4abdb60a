package io.halfsecond.streams.attribution;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.hash;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.object;
import static io.halfsecond.streams.Given.objects;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.SshdProcess;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final Instant LATER = START.plus(Duration.ofHours(3));
  private static final Instant LOOKED = LATER.minusSeconds(5);

  private static List<Change> between(HostFingerprint.Builder after) {
    return between(fingerprint(1, START).build(), after.setPreviousInspectionAt(LOOKED).build());
  }

  /// The history after an inspection with each fingerprint in turn.
  private static List<Change> between(HostFingerprint... looks) {
    var histories = new HostHistories(new MapStore());
    for (var look : looks) {
      histories.take(HOST, new Inspection(look.getAt(), Optional.of(look)));
    }
    return histories.of(HOST).orElseThrow().getChanges();
  }

  private static HostFingerprint.Builder later() {
    return fingerprint(2, LATER);
  }

  @Test
  void should_find_nothing_when_nothing_has_changed() {
    assertThat(between(later())).isEmpty();
  }

  @Test
  void should_report_hashes_package_and_dependency_chain_of_an_upgraded_library() {
    var changes = between(later().setObjects(objects(liblzma("5.6.1", 5))));

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.getKind()).isEqualTo(ChangeKind.OBJECT);
              assertThat(change.getSubject()).endsWith("/liblzma.so.5.6.1");
              assertThat(change.getSubjectBefore()).endsWith("/liblzma.so.5.4.5");
              assertThat(change.getBefore()).isEqualTo(hash(2));
              assertThat(change.getAfter()).isEqualTo(hash(5));
              assertThat(change.getPackageBefore()).isEqualTo("liblzma5 5.4.5-1");
              assertThat(change.getPackageAfter()).isEqualTo("liblzma5 5.6.1-1");
              assertThat(change.getChain()).hasSize(3).last().isEqualTo(change.getSubject());
              assertThat(change.getInside()).isTrue();
              assertThat(change.getNotBefore()).isEqualTo(LOOKED);
              assertThat(change.getAt()).isEqualTo(LATER);
            });
  }

  @Test
  void should_date_an_upgrade_by_the_package_manager_or_else_by_the_restart_that_loaded_it() {
    var installed = LATER.minusSeconds(3);
    var started = LATER.minusSeconds(2);

    var known =
        between(
            later()
                .setListenerStartedAt(started)
                .setObjects(objects(liblzma("5.6.1", 5).setInstalledAt(installed))));
    var unknown =
        between(later().setListenerStartedAt(started).setObjects(objects(liblzma("5.6.1", 5))));
    var longAgo =
        between(
            later().setObjects(objects(liblzma("5.6.1", 5).setInstalledAt(START.minusSeconds(9)))));

    assertThat(known)
        .extracting(Change::getKind)
        .containsExactly(ChangeKind.OBJECT, ChangeKind.RESTART);
    assertThat(known.getFirst().getAt()).isEqualTo(installed);
    assertThat(known.getFirst().getNotBefore()).isEqualTo(LOOKED);
    assertThat(known.getLast().getNotBefore())
        .isEqualTo(known.getLast().getAt())
        .isEqualTo(started);
    assertThat(unknown.getFirst().getAt()).isEqualTo(started);
    assertThat(longAgo.getFirst().getAt())
        .as("a date before the last inspection is not used")
        .isEqualTo(LATER);
  }

  @Test
  void should_report_new_content_of_monitors_when_the_listener_was_not_restarted() {
    var listener =
        liblzma("5.4.5", 2).setProcesses(List.of(SshdProcess.LISTENER)).setDiffersFromPath(true);
    var monitor =
        liblzma("5.4.5", 5).setVersion("5.6.1-1").setProcesses(List.of(SshdProcess.MONITOR));

    var changes = between(later().setObjects(objects(listener, monitor)));

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.getBefore()).isEqualTo(hash(2));
              assertThat(change.getAfter()).isEqualTo(hash(5));
              assertThat(change.getInside()).isTrue();
            });
  }

  /// The collector reports the memory of a new listener at once, and that of monitors with the next
  /// connection.
  @Test
  void should_report_a_change_once_when_the_listener_shows_it_first_and_a_monitor_later() {
    var slow = objects(liblzma("5.4.5", 5), object("/opt/libslow.so", 6));
    var listener =
        slow.stream()
            .map(
                each ->
                    MappedObject.newBuilder(each)
                        .setProcesses(List.of(SshdProcess.LISTENER))
                        .build())
            .toList();

    var restarted =
        between(
            fingerprint(1, START).build(),
            later().setObjects(listener).build(),
            fingerprint(3, LATER.plusSeconds(12)).setObjects(slow).build());

    assertThat(restarted).extracting(Change::getAfter).containsExactly(hash(5), hash(6));
    assertThat(restarted).allMatch(Change::getInside).extracting(Change::getAt).containsOnly(LATER);
  }

  @Test
  void should_compare_with_the_last_monitor_seen_when_an_inspection_saw_none() {
    var listener =
        liblzma("5.4.5", 2).setProcesses(List.of(SshdProcess.LISTENER)).setDiffersFromPath(true);
    var monitor = liblzma("5.4.5", 5).setProcesses(List.of(SshdProcess.MONITOR));
    var alone =
        objects(listener).stream()
            .map(
                each ->
                    MappedObject.newBuilder(each)
                        .setProcesses(List.of(SshdProcess.LISTENER))
                        .build())
            .toList();

    var changes =
        between(
            fingerprint(1, START).build(),
            later().setObjects(alone).build(),
            fingerprint(3, LATER.plusSeconds(12)).setObjects(objects(listener, monitor)).build());

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.getAfter()).isEqualTo(hash(5));
              assertThat(change.getInside()).isTrue();
            });
  }

  /// From 9.8 on a listener starts other programs, which are on disk only until one is seen.
  @Test
  void should_report_nothing_when_a_connection_shows_a_program_that_was_known_on_disk() {
    var onDisk = sshdAuth(8).setObserved(Observed.RESOLVED).setProcesses(List.of());
    var inMemory = sshdAuth(8).setProcesses(List.of(SshdProcess.PREAUTH));
    var before = fingerprint(1, START).setObjects(objects(liblzma("5.4.5", 2), onDisk)).build();
    var after = later().setObjects(objects(liblzma("5.4.5", 2), inMemory)).build();

    assertThat(between(before, after)).isEmpty();
    assertThat(
            between(
                before,
                after,
                fingerprint(3, LATER.plusSeconds(12))
                    .setObjects(objects(liblzma("5.4.5", 2), onDisk))
                    .build()))
        .isEmpty();
  }

  @Test
  void should_report_another_program_in_the_memory_of_preauth_children() {
    var known = sshdAuth(8).setProcesses(List.of(SshdProcess.PREAUTH));
    var onDisk = sshdAuth(9).setObserved(Observed.RESOLVED).setProcesses(List.of());
    var replaced = sshdAuth(9).setProcesses(List.of(SshdProcess.PREAUTH));

    var changes =
        between(
            fingerprint(1, START).setObjects(objects(liblzma("5.4.5", 2), known)).build(),
            later().setObjects(objects(liblzma("5.4.5", 2), replaced)).build());
    var diskFirst =
        between(
            fingerprint(1, START).setObjects(objects(liblzma("5.4.5", 2), known)).build(),
            later().setObjects(objects(liblzma("5.4.5", 2), onDisk)).build(),
            fingerprint(3, LATER.plusSeconds(12))
                .setObjects(objects(liblzma("5.4.5", 2), replaced))
                .build());

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.getBefore()).isEqualTo(hash(8));
              assertThat(change.getAfter()).isEqualTo(hash(9));
              assertThat(change.getInside()).isTrue();
              assertThat(change.getRunning()).isTrue();
            });
    assertThat(diskFirst).singleElement().extracting(Change::getAfter).isEqualTo(hash(9));
  }

  private static MappedObject.Builder sshdAuth(int content) {
    return object("/usr/lib/openssh/sshd-auth", content);
  }

  /// A new run of the collector has not seen the exec.
  @Test
  void should_report_no_restart_when_a_listener_is_dated_earlier_than_before() {
    var executedAgain = later().setListenerStartedAt(LATER.minusSeconds(3)).build();
    var forgotten =
        fingerprint(3, LATER.plusSeconds(60))
            .setListenerStartedAt(START.minusSeconds(86_000))
            .build();

    assertThat(between(fingerprint(1, START).build(), executedAgain))
        .singleElement()
        .satisfies(change -> assertThat(change.getAt()).isEqualTo(LATER.minusSeconds(3)));
    assertThat(between(fingerprint(1, START).build(), executedAgain, forgotten)).hasSize(1);
  }

  @Test
  void should_report_added_and_removed_objects() {
    var added =
        between(later().setObjects(objects(liblzma("5.4.5", 2), object("/opt/libslow.so", 6))));
    var gone = between(later().setObjects(objects()));

    assertThat(added)
        .singleElement()
        .satisfies(
            change ->
                assertThat(List.of(change.getBefore(), change.getAfter()))
                    .containsExactly("", hash(6)));
    assertThat(gone)
        .singleElement()
        .satisfies(
            change ->
                assertThat(List.of(change.getBefore(), change.getAfter()))
                    .containsExactly(hash(2), ""));
  }

  /// A collector that can read memory for the first time finds more objects because of that.
  @Test
  void should_report_no_change_when_objects_were_only_found_in_another_way() {
    var resolved =
        fingerprint(1, START)
            .setObserved(Observed.RESOLVED)
            .setObjects(
                objects(liblzma("5.4.5", 2)).stream()
                    .map(
                        each ->
                            MappedObject.newBuilder(each)
                                .setObserved(Observed.RESOLVED)
                                .setProcesses(List.of())
                                .build())
                    .toList())
            .build();
    var more = later().setPreviousInspectionAt(LOOKED);

    assertThat(
            between(
                resolved,
                more.setObjects(objects(liblzma("5.4.5", 2), object("/lib/libnss_files.so.2", 7)))
                    .build()))
        .isEmpty();
    assertThat(between(resolved, more.setObjects(objects(liblzma("5.6.1", 5))).build()))
        .as("different content is a change")
        .singleElement()
        .satisfies(change -> assertThat(change.getAfter()).isEqualTo(hash(5)));
  }

  @Test
  void should_report_a_package_when_its_version_changed_and_its_file_did_not() {
    var changes = between(later().setObjects(objects(liblzma("5.4.5", 2).setVersion("5.4.5-2"))));

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.getKind()).isEqualTo(ChangeKind.PACKAGE);
              assertThat(change.getSubject()).isEqualTo("liblzma5");
              assertThat(change.getBefore()).isEqualTo("5.4.5-1");
              assertThat(change.getAfter()).isEqualTo("5.4.5-2");
            });
  }

  @Test
  void should_report_configuration_kernel_processor_and_boot() {
    var booted = LATER.minusSeconds(60);
    var changes =
        between(
            later()
                .setBootedAt(booted)
                .setListenerStartedAt(booted.plusSeconds(9))
                .setSshdConfigSha256(hash(9))
                .setKernelRelease("6.1.0-19-amd64")
                .setCpuGovernor("powersave"));

    assertThat(changes)
        .extracting(Change::getKind)
        .containsExactly(
            ChangeKind.BOOT, ChangeKind.CONFIGURATION, ChangeKind.KERNEL, ChangeKind.PROCESSOR);
    assertThat(changes)
        .filteredOn(change -> change.getKind() == ChangeKind.KERNEL)
        .singleElement()
        .satisfies(change -> assertThat(change.getAfter()).isEqualTo("6.1.0-19-amd64"));
    assertThat(changes.getFirst().getAt()).isEqualTo(booted);
  }

  @Test
  void should_report_no_change_for_an_unreadable_file_or_a_small_difference_of_clocks() {
    assertThat(
            between(
                later()
                    .setSshdConfigSha256("")
                    .setBootedAt(START.minusSeconds(86_397))
                    .setListenerStartedAt(START.minusSeconds(86_000).plusMillis(400))
                    .setObjects(objects(liblzma("5.4.5", 2).setSha256("")))))
        .isEmpty();
  }
}
