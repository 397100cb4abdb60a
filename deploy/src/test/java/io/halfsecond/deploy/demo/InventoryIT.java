package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Inventory;
import io.halfsecond.collector.inventory.Pace;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.source.SshdListeners;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the memory of a real sshd says: as it is, with the slow liblzma beside the system's, and with it hidden in its place.
class InventoryIT {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<AutoCloseable> open = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") // set before each test
  private PrivateSshd sshd;
  @SuppressWarnings("NullAway.Init")
  private SlowLiblzma slow;
  @SuppressWarnings("NullAway.Init")
  private Inventory inventory;

  @BeforeEach
  void prepare() throws Exception {
    Machine.assumeReady();
    var workspace = Workspace.create();
    open.add(workspace);
    sshd = PrivateSshd.prepare(workspace.make("sshd"), Duration.ofSeconds(20));
    open.add(sshd);
    slow = SlowLiblzma.build(workspace.make("slow"), sshd.executable(), Duration.ofMillis(1));
    inventory = new Inventory(PROC, new SshdListeners(PROC, sshd.config().toString()), Pace.FAST);
  }

  @AfterEach
  void stop() throws Exception {
    for (var each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void should_show_the_added_library_and_the_way_to_it() throws Exception {
    // given
    sshd.start(Map.of());
    var before = inventory.look().orElseThrow();

    // when
    sshd.start(slow.environment());
    var after = inventory.look().orElseThrow();

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
    assertThat(before.objects()).noneMatch(SshdObject::differsFromPath)
      .allMatch(object -> object.sha256().length() == 64 && !object.elf().buildId().isEmpty());
    // then: what was added
    var slowed = object(after, "liblzma");
    var added = object(after, "libslow");
    assertThat(slowed.path()).isEqualTo(slow.directory().resolve("liblzma.so.5").toString());
    assertThat(slowed.sha256()).isNotEqualTo(clean.sha256()).isEqualTo(sha256(Path.of(slowed.path())));
    assertThat(slowed.elf().buildId()).isEqualTo(clean.elf().buildId());
    assertThat(slowed.owner().name()).isEmpty();
    assertThat(slowed.elf().needed()).contains(added.path());
    assertThat(added.neededBy()).containsExactly(program.path(), object(after, "libsystemd").path(),
      slowed.path());
    assertThat(before.objects()).extracting(SshdObject::path).doesNotContain(added.path());
    assertThat(after.listenerStartedAt().orElseThrow()).isAfter(before.listenerStartedAt().orElseThrow());
  }

  @Test
  void should_see_nothing_new_when_nothing_has_changed() throws Exception {
    sshd.start(Map.of());

    assertThat(inventory.look()).isEqualTo(inventory.look()).isPresent();
  }

  /// No listener is looked at: what the loader would find is what a listener has, but for what it opens by itself.
  @Test
  void should_find_the_same_libraries_as_the_loader_when_no_memory_is_to_be_seen() throws Exception {
    // given
    sshd.start(Map.of());
    var mapped = inventory.look().orElseThrow();

    // when
    var resolved = new Inventory(PROC, new SshdListeners(PROC, "/no/such/sshd_config"), Pace.FAST).look()
      .orElseThrow();

    // then
    assertThat(resolved.mapped()).isFalse();
    assertThat(resolved.listenerStartedAt()).isEmpty();
    assertThat(resolved.objects()).noneMatch(SshdObject::mapped).noneMatch(SshdObject::differsFromPath);
    assertThat(paths(mapped)).containsAll(paths(resolved));
    assertThat(object(resolved, "liblzma").sha256()).isEqualTo(object(mapped, "liblzma").sha256());
    assertThat(object(resolved, "liblzma").neededBy()).isEqualTo(object(mapped, "liblzma").neededBy());
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
    var clean = object(inventory.look().orElseThrow(), "liblzma");
    sshd.stop();
    var listener = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c",
      "mount --bind \"$1\" \"$2\" && exec \"$3\" -D -E \"$4\" -f \"$5\"", "sh",
      slow.directory().resolve("liblzma.so.5").toString(), clean.path(), sshd.executable().toString(),
      sshd.log().toString(), sshd.config().toString()).redirectErrorStream(true)
      .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectInput(new File("/dev/null")).start();
    open.add(() -> Commands.end(listener.toHandle()));

    // when
    await().atMost(PATIENCE).until(() -> look().map(Fingerprint::objects).stream().flatMap(List::stream)
      .anyMatch(object -> object.path().contains("libslow")));
    var fingerprint = look().orElseThrow();

    // then
    var hidden = object(fingerprint, "liblzma");
    assertThat(hidden.path()).isEqualTo(clean.path());
    assertThat(hidden.differsFromPath()).isTrue();
    assertThat(hidden.sha256()).isEqualTo(sha256(slow.directory().resolve("liblzma.so.5")))
      .isNotEqualTo(sha256(Path.of(clean.path())));
    assertThat(hidden.owner().name()).isEmpty();
    assertThat(fingerprint.objects().stream().filter(SshdObject::differsFromPath)).containsExactly(hidden);
  }

  private Optional<Fingerprint> look() throws InterruptedException {
    return inventory.look();
  }

  private static SshdObject object(Fingerprint fingerprint, String name) {
    return fingerprint.objects().stream()
      .filter(object -> String.valueOf(Path.of(object.path()).getFileName()).startsWith(name)).findFirst()
      .orElseThrow(() -> new AssertionError(name + " is not among " + fingerprint.objects()));
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
      .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
