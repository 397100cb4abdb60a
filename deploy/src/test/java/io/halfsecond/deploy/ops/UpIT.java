package io.halfsecond.deploy.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that keep directories, as processes of the distribution.
class UpIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PARTITIONS = 12;
  private static final long MOST_STATE_BYTES = 30L << 20;
  private static final int MOST_STATE_FILES = 100;
  private static final int MOST_DESCRIPTORS = 300;
  private static final String RUNNING = "running until Ctrl-C";

  private final Path launcher =
      Path.of(System.getProperty("halfsecond.distribution", "target/halfsecond"))
          .resolve("bin/halfsecond")
          .toAbsolutePath();
  private final List<Running> started = new ArrayList<>();

  @TempDir private Path directory = Path.of("");
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    if (!Files.isExecutable(launcher)) {
      throw Tool.missing("the distribution is not built: " + launcher);
    }
    // The controller listens two above; the collector takes no part in what is tested here.
    port = Daemon.freePort();
    Files.writeString(
        directory.resolve("up.yaml"),
        """
        broker:
          data-directory: %1$s/broker
          port: %2$d
        collector:
          state-directory: %1$s/collector
          http: 127.0.0.1:0
          kernel: false
          log-file: %1$s/auth.log
          probe: false
          self-test: false
          inventory: false
        stream:
          state-directory: %1$s/streams
          http: 127.0.0.1:0
        """
            .formatted(directory, port));
    Files.writeString(directory.resolve("auth.log"), "");
  }

  @AfterEach
  void stop() {
    started.forEach(Running::close);
  }

  @Test
  void should_refuse_directories_in_use_and_leave_who_uses_them_unharmed() throws Exception {
    var first = start("up");
    first.await(RUNNING);
    var servers = "127.0.0.1:" + port;

    for (var other :
        List.of(
            start("up"),
            start("stream", "--bootstrap-servers", servers),
            start("collect", "--bootstrap-servers", servers))) {
      assertThat(other.status()).as(other.said()).isEqualTo(1);
      assertThat(other.lastLine())
          .startsWith("halfsecond " + other.command + ": ")
          .containsPattern(
              directory.toRealPath()
                  + "/(broker|streams|collector) is in use by process %d \\(halfsecond up\\)"
                      .formatted(first.process.pid()));
    }

    assertThat(start("topics", "plan", "--bootstrap-servers", servers).status()).isZero();
    assertThat(first.process.isAlive()).isTrue();
    first.process.destroy();
    assertThat(first.status()).as(first.said()).isZero();
    assertThat(first.said()).doesNotContain("ERROR");
  }

  /// A killed process leaves its locks, its libraries and its place in the consumer group.
  @Test
  void should_run_again_after_a_kill() throws Exception {
    var first = start("up");
    first.await(RUNNING);
    first.process.destroyForcibly().waitFor();

    var second = start("up");
    second.await(RUNNING);

    try (var libraries = Files.list(directory.resolve("streams/native"))) {
      assertThat(libraries).hasSize(1);
    }
  }

  @Test
  void should_run_where_temporary_files_cannot_be_executed() throws Exception {
    var unshare = Tool.require("unshare", "util-linux").file().toString();
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("mounting needs root");
    }
    var temporary = Files.createDirectory(directory.resolve("tmp"));
    var mounted =
        List.of(
            unshare,
            "--mount",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o noexec tmpfs %s && exec \"$@\"".formatted(temporary),
            "sh");
    var options = Map.of("HALFSECOND_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);

    var up = start(mounted, options, "up");
    up.await(RUNNING);
    up.process.destroy();
    assertThat(up.status()).as(up.said()).isZero();
    assertThat(up.said()).doesNotContain("UnsatisfiedLinkError");

    // With the state directory on such a mount too, it says so and does not begin.
    var nowhere = new ArrayList<>(mounted);
    nowhere.set(
        4,
        nowhere
            .get(4)
            .replace(
                "&&",
                "&& mkdir -p %1$s && mount -t tmpfs -o noexec,mode=700 tmpfs %1$s &&"
                    .formatted(directory.resolve("streams"))));
    var refused = start(nowhere, options, "up");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.lastLine())
        .startsWith("halfsecond up: neither ")
        .contains("permits executing files", "HALFSECOND_JAVA_OPTS=-Djava.io.tmpdir=");
  }

  @Test
  void should_say_which_topics_are_missing_and_wait_for_them() throws Exception {
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"))) {
      var stream = start("stream", "--bootstrap-servers", broker.bootstrapServers());

      stream.await("; run halfsecond topics apply\n");
      assertThat(stream.said().lines())
          .filteredOn(line -> line.startsWith("halfsecond stream: waiting for "))
          .singleElement()
          .asString()
          .contains(
              ": topics are missing, or this user may not read them: ssh.", "ssh.auth-timing, ");
      stream.process.destroy();
      assertThat(stream.status()).as(stream.said()).isZero();
    }
  }

  /// Somebody raises the partitions of a running topology with another tool.
  @Test
  void should_end_with_the_reason_and_the_remedy_when_the_topology_dies() throws Exception {
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"));
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, Topics.of(Topics.DEFAULT_PREFIX, 1), 1).apply(admin);
      var stream =
          start(
              "stream",
              "--bootstrap-servers",
              broker.bootstrapServers(),
              "--set",
              "kafka.metadata.max.age.ms=1000");
      stream.await("\nstreaming");

      admin
          .createPartitions(
              Map.of(
                  "ssh.auth-timing", NewPartitions.increaseTo(3),
                  "ssh.probe", NewPartitions.increaseTo(3)))
          .all()
          .get();

      assertThat(stream.status()).as(stream.said()).isEqualTo(1);
      assertThat(stream.lastLine())
          .startsWith("halfsecond stream: the topology has failed: ")
          .contains("invalid partitions", "see \"More partitions\" in docs/operate.md");
      var again = start("stream", "--bootstrap-servers", broker.bootstrapServers());
      assertThat(again.status()).isEqualTo(1);
      assertThat(again.lastLine()).contains("partitions", "docs/operate.md");
    }
  }

  @Test
  void should_need_little_disk_and_few_descriptors_for_the_state_of_twenty_hosts()
      throws Exception {
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"));
        var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, Topics.of(Topics.DEFAULT_PREFIX, PARTITIONS), 1).apply(admin);
      var kafka = "--bootstrap-servers=" + broker.bootstrapServers();
      var partitions = "--set=topics.partitions=" + PARTITIONS;
      var stream = start("stream", kafka, partitions);
      var expected = directory.resolve("expected.json").toString();
      var simulate =
          start("simulate", kafka, partitions, "--hosts=20", "--from=1h", "--expect=" + expected);
      assertThat(simulate.status()).as(simulate.said()).isZero();
      var processed = start("simulate", "verify", kafka, partitions, expected);
      assertThat(processed.status()).as(processed.said()).isZero();

      var state = directory.resolve("streams").toRealPath();
      assertThat(diskBytes(state)).isBetween(1L << 20, MOST_STATE_BYTES);
      var open = descriptors(stream.process.pid());
      assertThat(open)
          .filteredOn(file -> file.startsWith(state.toString()))
          .as("files of the state")
          .isNotEmpty()
          .hasSizeLessThan(MOST_STATE_FILES);
      assertThat(open).hasSizeLessThan(MOST_DESCRIPTORS);
    }
  }

  /// What it takes, which is more than it holds where space was reserved.
  private static long diskBytes(Path path) throws Exception {
    var du = Tool.require("du", "coreutils").file().toString();
    var process = new ProcessBuilder(du, "-s", "--block-size=1", path.toString()).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return Long.parseLong(said.substring(0, said.indexOf('\t')));
  }

  /// What the descriptors of a process refer to.
  private static List<String> descriptors(long pid) throws IOException {
    var open = new ArrayList<String>();
    try (var links = Files.list(Path.of("/proc/%d/fd".formatted(pid)))) {
      for (var link : links.toList()) {
        try {
          open.add(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException _) {
          // Closed meanwhile.
        }
      }
    }
    return open;
  }

  private Running start(String... command) throws IOException {
    return start(List.of(), Map.of(), command);
  }

  private Running start(List<String> before, Map<String, String> environment, String... command)
      throws IOException {
    var all = new ArrayList<>(before);
    all.add(launcher.toString());
    all.addAll(List.of(command));
    all.addAll(List.of("--config", directory.resolve("up.yaml").toString()));
    var log = directory.resolve("said-%d".formatted(started.size()));
    var builder = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("HALFSECOND_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    var running = new Running(command[0], builder.start(), log);
    started.add(running);
    return running;
  }

  private record Running(String command, Process process, Path log) {
    private String said() throws IOException {
      return Files.readString(log);
    }

    private String lastLine() throws IOException {
      return said().lines().reduce("", (_, last) -> last);
    }

    private void await(String words) {
      Awaitility.await(words)
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(process.isAlive()).as(said()).isTrue();
                return said().contains(words);
              });
    }

    private int status() {
      Awaitility.await(command).atMost(PATIENCE).until(() -> !process.isAlive());
      return process.exitValue();
    }

    private void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
