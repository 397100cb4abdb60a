package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Inspector;
import io.halfsecond.collector.inventory.Inventory;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.sshd.SshdListeners;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the memory of a real sshd says: as it is, with the slow liblzma beside the system's, and
/// with it hidden in its place.
class InventoryIT {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(InventoryIT.class);

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @SuppressWarnings("NullAway.Init")
  private SlowLiblzma slow;

  @SuppressWarnings("NullAway.Init")
  private Inventory inventory;

  @BeforeEach
  void prepare() throws Exception {
    bench = Bench.prepare(Duration.ofSeconds(20));
    sshd = bench.sshd();
    slow =
        SlowLiblzma.build(bench.workspace().make("slow"), sshd.executable(), Duration.ofMillis(1));
    inventory =
        new Inventory(PROC, new SshdListeners(PROC, sshd.config().toString()), ReadPacing.FAST);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_show_the_added_library_and_the_way_to_it() throws Exception {
    // given
    sshd.start(Map.of());
    var before = inventory.inspect().orElseThrow();

    // when
    sshd.start(slow.environment());
    var after = inventory.inspect().orElseThrow();

    // then: as it is
    assertThat(before.mapped()).isTrue();
    assertThat(before.opensslVersion()).startsWith("OpenSSL ");
    assertThat(before.configSha256()).isEqualTo(sha256(sshd.config()));
    var program = before.objects().getFirst();
    assertThat(program.executable()).isTrue();
    assertThat(program.path()).isEqualTo(sshd.executable().toRealPath().toString());
    assertThat(program.sha256()).isEqualTo(sha256(sshd.executable()));
    assertThat(program.owner().name()).isEqualTo("openssh-server");
    var clean = object(before, "liblzma");
    assertThat(clean.owner().name()).isEqualTo("liblzma5");
    assertThat(clean.owner().version()).isNotEmpty();
    assertThat(before.objects())
        .noneMatch(SshdObject::differsFromPath)
        .allMatch(object -> object.sha256().length() == 64 && !object.elf().buildId().isEmpty());
    assertThat(before.objects())
        .allMatch(object -> object.mappedIn().equals(List.of(MappedIn.LISTENER)));
    assertThat(before.monitorStartedAt()).isEmpty();
    assertThat(clean.owner().at()).isBetween(Instant.parse("2000-01-01T00:00:00Z"), Instant.now());
    // then: what was added
    var slowed = object(after, "liblzma");
    var added = object(after, "libslow");
    assertThat(slowed.path()).isEqualTo(slow.directory().resolve("liblzma.so.5").toString());
    assertThat(slowed.sha256())
        .isNotEqualTo(clean.sha256())
        .isEqualTo(sha256(Path.of(slowed.path())));
    assertThat(slowed.elf().buildId()).isEqualTo(clean.elf().buildId());
    assertThat(slowed.owner().name()).isEmpty();
    assertThat(slowed.elf().needed()).contains(added.path());
    assertThat(added.neededBy())
        .containsExactly(program.path(), object(after, "libsystemd").path(), slowed.path());
    assertThat(before.objects()).extracting(SshdObject::path).doesNotContain(added.path());
    assertThat(after.listenerStartedAt().orElseThrow())
        .isAfter(before.listenerStartedAt().orElseThrow());
  }

  @Test
  void should_see_nothing_new_when_nothing_has_changed() throws Exception {
    sshd.start(Map.of());
    var first = inventory.inspect();

    assertThat(inventory.check()).isEqualTo(Inspector.Check.UNCHANGED);
    assertThat(inventory.inspect()).isEqualTo(first).isPresent();
  }

  /// No listener is looked at: what the loader would find is what a listener has, but for what it
  /// opens by itself.
  @Test
  void should_find_the_same_libraries_as_the_loader_when_no_memory_is_to_be_seen()
      throws Exception {
    // given
    sshd.start(Map.of());
    var mapped = inventory.inspect().orElseThrow();

    // when
    var resolved =
        new Inventory(PROC, new SshdListeners(PROC, "/no/such/sshd_config"), ReadPacing.FAST)
            .inspect()
            .orElseThrow();

    // then
    assertThat(resolved.mapped()).isFalse();
    assertThat(resolved.listenerStartedAt()).isEmpty();
    assertThat(resolved.objects())
        .noneMatch(SshdObject::mapped)
        .noneMatch(SshdObject::differsFromPath);
    assertThat(paths(mapped)).containsAll(paths(resolved));
    assertThat(object(resolved, "liblzma").sha256()).isEqualTo(object(mapped, "liblzma").sha256());
    assertThat(object(resolved, "liblzma").neededBy())
        .isEqualTo(object(mapped, "liblzma").neededBy());
    assertThat(mapped.objects().stream().filter(object -> !object.neededBy().isEmpty()))
        .hasSize(resolved.objects().size() - 1);
  }

  private static List<String> paths(Fingerprint fingerprint) {
    return fingerprint.objects().stream().map(SshdObject::path).toList();
  }

  /// To everybody else the file at the path is clean.
  @Test
  void should_report_a_library_that_a_private_mount_hides() throws Exception {
    // given
    sshd.start(Map.of());
    var clean = object(inventory.inspect().orElseThrow(), "liblzma");
    sshd.stop();
    var listener = showing(slow.directory().resolve("liblzma.so.5"), clean.path(), sshd);
    bench.later(() -> Commands.end(listener.toHandle()));

    // when
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                inspect().map(Fingerprint::objects).stream()
                    .flatMap(List::stream)
                    .anyMatch(object -> object.path().contains("libslow")));
    var fingerprint = inspect().orElseThrow();

    // then
    var hidden = object(fingerprint, "liblzma");
    assertThat(hidden.path()).isEqualTo(clean.path());
    assertThat(hidden.differsFromPath()).isTrue();
    assertThat(hidden.sha256())
        .isEqualTo(sha256(slow.directory().resolve("liblzma.so.5")))
        .isNotEqualTo(sha256(Path.of(clean.path())));
    assertThat(hidden.owner().name()).isEmpty();
    assertThat(fingerprint.objects().stream().filter(SshdObject::differsFromPath))
        .containsExactly(hidden);
  }

  /// Starts an sshd to which a mount of its own shows another file at a path.
  static Process showing(Path file, String at, PrivateSshd sshd) throws IOException {
    return new ProcessBuilder(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            "mount --bind \"$1\" \"$2\" && exec \"$3\" -D -E \"$4\" -f \"$5\"",
            "sh",
            file.toString(),
            at,
            sshd.executable().toString(),
            sshd.log().toString(),
            sshd.config().toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectInput(new File("/dev/null"))
        .start();
  }

  /// A process's start is counted in steps of 10 ms.
  @Test
  void should_date_the_listener_by_the_clock() throws Exception {
    for (int i = 0; i < 5; i++) {
      // given
      sshd.stop();
      var before = Instant.now();

      // when
      sshd.start(Map.of());
      var listening = Instant.now();
      var started = inventory.inspect().orElseThrow().listenerStartedAt().orElseThrow();

      // then
      LOG.info(
          "sshd was started {} after it was asked for, and listened {} after",
          Duration.between(before, started),
          Duration.between(before, listening));
      assertThat(started).isBetween(before.minusMillis(11), listening);
    }
  }

  @Test
  void should_find_that_something_has_moved() throws Exception {
    // given
    sshd.start(slow.environment());
    assertThat(inventory.check()).isEqualTo(Inspector.Check.CHANGED);
    var _ = inventory.inspect();
    assertThat(inventory.check()).isEqualTo(Inspector.Check.UNCHANGED);

    // when, then: a file of the same content in its place
    replace(slow.directory().resolve("libslow.so.1"), slow.directory().resolve("libslow.so.1"));
    assertMoved();
    // when, then: the configuration
    Files.writeString(sshd.config(), "# changed\n", StandardOpenOption.APPEND);
    assertMoved();
    // when, then: the listener executes itself, and is the same process
    long pid = new SshdListeners(PROC, sshd.config().toString()).pid().orElseThrow();
    Commands.run(List.of("kill", "-HUP", Long.toString(pid)));
    await().atMost(PATIENCE).until(() -> inventory.check() == Inspector.Check.CHANGED);
    // The port is bound again some time after.
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(sshd.log()).split("Server listening", -1).length > 2);
    assertMoved();
    assertThat(new SshdListeners(PROC, sshd.config().toString()).pid()).hasValue((int) pid);
    // when, then: none is there any more, and stays away
    sshd.stop();
    assertThat(inventory.check()).isEqualTo(Inspector.Check.UNSETTLED);
    assertMoved();
  }

  private void assertMoved() throws InterruptedException {
    assertThat(inventory.check()).isEqualTo(Inspector.Check.CHANGED);
    var _ = inventory.inspect();
    assertThat(inventory.check()).isEqualTo(Inspector.Check.UNCHANGED);
  }

  static void replace(Path file, Path by) throws IOException {
    var copy = Files.copy(by, file.resolveSibling("new"));
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<Fingerprint> inspect() throws InterruptedException {
    return inventory.inspect();
  }

  private static SshdObject object(Fingerprint fingerprint, String name) {
    return fingerprint.objects().stream()
        .filter(object -> String.valueOf(Path.of(object.path()).getFileName()).startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + fingerprint.objects()));
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
