package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.linux.HostCommand;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdProgramSearch;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.ObjectRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which programs the sshd consists of that is the first in the PATH, on disk and in memory.
class ProgramsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Logger LOG = LoggerFactory.getLogger(ProgramsIT.class);

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @BeforeEach
  void prepare() throws Exception {
    bench = Bench.prepare(Duration.ofSeconds(20));
    sshd = bench.sshd();
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  /// Of a program in a directory of its own. The process stays the same, so /proc does not say it.
  @Test
  void should_date_a_listener_that_executes_an_upgraded_program_on_sighup() throws Exception {
    // given
    var program = bench.workspace().make("prefix").resolve("sshd");
    Files.copy(sshd.executable(), program, StandardCopyOption.COPY_ATTRIBUTES);
    var upgraded = bench.later(sshd.with(program));
    upgraded.start(Map.of());
    bench.collect(false, Optional.of(InventorySettings.defaults()));
    await().atMost(PATIENCE).until(() -> newest().isPresent());
    var before = newest().orElseThrow();
    assertThat(programs()).first().isEqualTo(program);
    assertThat(programs()).doesNotContain(sshd.executable());
    long pid = listeners().pid().orElseThrow();

    // when
    InventoryIT.replace(program, sshd.executable());
    var asked = Instant.now();
    Commands.run(List.of("kill", "-HUP", Long.toString(pid)));
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(sshd.log()).split("Server listening", -1).length > 2);
    var listening = Instant.now();

    // then
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                newest()
                    .flatMap(HostFingerprint::getListenerStartedAt)
                    .filter(asked::isBefore)
                    .isPresent());
    var after = newest().orElseThrow();
    assertThat(listeners().pid()).hasValue((int) pid);
    assertThat(after.getListenerStartedAt().orElseThrow()).isBefore(listening);
    assertThat(after.getObjects().getFirst().getPath()).isEqualTo(program.toString());
    assertThat(after.getObjects().getFirst().getInode())
        .isNotEqualTo(before.getObjects().getFirst().getInode());
    assertThat(after.getObjects()).noneMatch(MappedObject::getDiffersFromPath);
  }

  /// From 9.8 on these are two, from 10.0 on three.
  @Test
  void should_show_every_program_of_sshd_in_memory() throws Exception {
    // given
    sshd.start(Map.of());
    bench.collect(false, Optional.of(InventorySettings.defaults()));
    var logins = new Logins(sshd);
    var programs = programs().stream().map(Path::toString).toList();
    LOG.info("programs: {}", programs);

    // when
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                logins.attempt(Logins.Kind.BAD_KEY)
                    && newest().stream()
                        .flatMap(record -> record.getObjects().stream())
                        .filter(object -> !object.getProcesses().isEmpty())
                        .map(MappedObject::getPath)
                        .toList()
                        .containsAll(programs));

    // then
    assertThat(newest().orElseThrow().getObjects())
        .filteredOn(object -> object.getRole() == ObjectRole.EXECUTABLE)
        .extracting(MappedObject::getPath)
        .containsExactlyInAnyOrderElementsOf(programs);
    assertThat(newest().orElseThrow().getObjects())
        .noneMatch(MappedObject::getDiffersFromPath)
        .allMatch(object -> object.getSha256().length() == 64);
  }

  private SshdListeners listeners() {
    return new SshdListeners(Path.of("/proc"), sshd.config().toString());
  }

  private List<Path> programs() throws InterruptedException {
    var found =
        new SshdProgramSearch(listeners(), new HostCommand(new ReentrantLock()))
            .of(listeners().watched());
    assertThat(found.ofListeners()).isTrue();
    return found.paths();
  }

  private List<HostFingerprint> fingerprints() {
    return bench.read(Backend.TOPICS.hostFingerprint());
  }

  private Optional<HostFingerprint> newest() {
    return fingerprints().stream().reduce((_, later) -> later);
  }
}
