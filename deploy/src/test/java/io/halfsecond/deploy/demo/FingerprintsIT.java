package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.SshdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a real collector tells of a real sshd whose libraries are changed under it.
class FingerprintsIT {
  private static final Logger LOG = LoggerFactory.getLogger(FingerprintsIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Three checks.
  private static final Duration QUIET = Duration.ofSeconds(16);

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @SuppressWarnings("NullAway.Init")
  private SlowLiblzma slow;

  @BeforeEach
  void prepare() throws Exception {
    bench = Bench.prepare(Duration.ofSeconds(20));
    sshd = bench.sshd();
    slow =
        SlowLiblzma.build(bench.workspace().make("slow"), sshd.executable(), Duration.ofMillis(20));
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_tell_within_seconds_that_sshd_was_restarted_on_other_libraries_and_then_nothing_more()
      throws Exception {
    // given: a collector whose own connections are the only ones
    sshd.start(Map.of());
    bench.collect(true, Optional.of(InventorySettings.defaults()));
    await()
        .atMost(PATIENCE)
        .until(() -> newest().flatMap(HostFingerprint::getMonitorStartedAt).isPresent());
    var before = newest().orElseThrow();
    assertThat(fingerprints().getFirst().getPreviousInspectionAt()).isEmpty();
    assertThat(before.getObserved()).isEqualTo(Observed.MAPS);
    assertThat(before.getObjects())
        .allMatch(object -> object.getProcesses().contains(SshdProcess.LISTENER));
    assertThat(object(before, "liblzma").getProcesses())
        .containsExactly(SshdProcess.LISTENER, SshdProcess.MONITOR);
    assertThat(object(before, "liblzma").getInstalledAt()).isAfter(Instant.EPOCH);

    // when
    sshd.stop();
    var stopped = Instant.now();
    sshd.start(slow.environment());
    var started = Instant.now();

    // then
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                newest().stream()
                    .flatMap(record -> record.getObjects().stream())
                    .anyMatch(
                        object ->
                            object.getPath().contains("libslow")
                                && object.getProcesses().contains(SshdProcess.MONITOR)));
    var after = newest().orElseThrow();
    var first =
        fingerprints().stream()
            .filter(
                record ->
                    record.getObjects().stream()
                        .anyMatch(object -> object.getPath().contains("libslow")))
            .findFirst()
            .orElseThrow();
    LOG.info(
        "told {} after the start, with a monitor {} after; {} records",
        Duration.between(started, first.getAt()),
        Duration.between(started, after.getAt()),
        fingerprints().size());
    assertThat(first.getListenerStartedAt().orElseThrow())
        .isBetween(stopped.minusMillis(11), started)
        .isAfter(first.getPreviousInspectionAt().orElseThrow())
        .isBefore(first.getAt());
    assertThat(first.getPreviousInspectionAt().orElseThrow())
        .isAfter(before.getPreviousInspectionAt().orElse(Instant.EPOCH))
        .isBefore(stopped);
    assertThat(after.getListenerStartedAt()).isEqualTo(first.getListenerStartedAt());
    assertThat(after.getBootedAt()).isEqualTo(before.getBootedAt());
    assertThat(after.getMonitorStartedAt().orElseThrow()).isAfter(started);
    for (var name : List.of("libslow", "liblzma")) {
      assertThat(object(after, name).getProcesses())
          .containsExactly(SshdProcess.LISTENER, SshdProcess.MONITOR);
      assertThat(object(after, name).getPath()).startsWith(slow.directory().toString());
    }
    int told = fingerprints().size();

    // when: people come and go in every way, and nothing changes
    var logins = new Logins(sshd);
    var quietSince = Instant.now();
    do {
      for (var kind : Logins.Kind.values()) {
        assertThat(logins.attempt(kind)).isTrue();
      }
    } while (lastLook().isBefore(quietSince.plus(QUIET)));

    // then
    assertThat(fingerprints()).hasSize(told);
  }

  @Test
  void should_tell_listener_and_monitor_apart_when_a_library_was_replaced_without_a_restart()
      throws Exception {
    // given
    sshd.start(slow.environment());
    bench.collect(false, Optional.of(InventorySettings.defaults()));
    var logins = new Logins(sshd);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                logins.attempt(Logins.Kind.UNKNOWN_USER)
                    && newest().flatMap(HostFingerprint::getMonitorStartedAt).isPresent());
    var before = newest().orElseThrow();
    var old = object(before, "liblzma");
    assertThat(old.getProcesses()).containsExactly(SshdProcess.LISTENER, SshdProcess.MONITOR);

    // when: the system's own takes the place of the slow one
    var clean = Path.of("/lib/x86_64-linux-gnu/liblzma.so.5");
    InventoryIT.replace(slow.directory().resolve("liblzma.so.5"), systems(clean));
    var replaced = Instant.now();

    // then: what listens has the old one still
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                logins.attempt(Logins.Kind.BAD_KEY)
                    && newest().orElseThrow().getObjects().stream()
                            .filter(object -> object.getPath().contains("liblzma"))
                            .count()
                        == 2);
    var after = newest().orElseThrow();
    LOG.info(
        "told {} after the replacement; {} records",
        Duration.between(replaced, after.getAt()),
        fingerprints().size());
    assertThat(after.getListenerStartedAt()).isEqualTo(before.getListenerStartedAt());
    var listeners = of(after, "liblzma", SshdProcess.LISTENER);
    var monitors = of(after, "liblzma", SshdProcess.MONITOR);
    assertThat(listeners.getSha256()).isEqualTo(old.getSha256());
    assertThat(listeners.getDiffersFromPath()).isTrue();
    assertThat(monitors.getSha256()).isNotEqualTo(old.getSha256()).hasSize(64);
    assertThat(monitors.getPath()).isEqualTo(listeners.getPath());
    assertThat(monitors.getDiffersFromPath()).isFalse();
    assertThat(object(after, "libslow").getProcesses()).containsExactly(SshdProcess.LISTENER);
    assertThat(object(after, "libslow").getNeededBy().getLast()).isEqualTo(listeners.getPath());
  }

  private static Path systems(Path library) throws Exception {
    return Files.exists(library)
        ? library
        : Path.of(Commands.run(List.of("sh", "-c", "ls /lib/*/liblzma.so.5 | head -1")).strip());
  }

  private List<HostFingerprint> fingerprints() {
    return bench.read(Backend.TOPICS.hostFingerprint());
  }

  private Optional<HostFingerprint> newest() {
    return fingerprints().stream().reduce((_, later) -> later);
  }

  private Instant lastLook() {
    return bench.read(Backend.TOPICS.collectorStatus()).stream()
        .map(CollectorStatus::getInventoryAt)
        .flatMap(Optional::stream)
        .reduce((_, later) -> later)
        .orElse(Instant.EPOCH);
  }

  private static MappedObject object(HostFingerprint fingerprint, String name) {
    return fingerprint.getObjects().stream()
        .filter(object -> named(object, name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + fingerprint.getObjects()));
  }

  private static MappedObject of(HostFingerprint fingerprint, String name, SshdProcess process) {
    return fingerprint.getObjects().stream()
        .filter(object -> named(object, name) && object.getProcesses().equals(List.of(process)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + fingerprint.getObjects()));
  }

  private static boolean named(MappedObject object, String name) {
    return String.valueOf(Path.of(object.getPath()).getFileName()).startsWith(name);
  }
}
