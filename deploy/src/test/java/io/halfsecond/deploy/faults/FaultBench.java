package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/// Where faults are tried: a network of its own and three brokers on it.
final class FaultBench implements Cluster {
  private static final int BROKERS = 3;

  private final Path directory;
  private final Network network;
  private final Certificates certificates;
  private final Brokers brokers;
  private final List<AutoCloseable> started = new ArrayList<>();
  private int users;

  FaultBench(Path directory) throws Exception {
    this.directory = directory;
    // Beside a run of somebody else's.
    network = new Network("hs" + ProcessHandle.current().pid() % 100_000);
    started.add(network);
    // The last one has a disk of its own, which a test can fill.
    started.add(mount(disk(BROKERS), "1g"));
    certificates = Certificates.in(directory.resolve("certificates"));
    brokers =
        Brokers.start(network, directory, BROKERS, n -> disk(n).resolve("kafka"), certificates);
    started.add(brokers);
  }

  @Override
  public Path directory() {
    return directory;
  }

  Network network() {
    return network;
  }

  Brokers brokers() {
    return brokers;
  }

  Certificates certificates() {
    return certificates;
  }

  /// Where broker N keeps its log, by its number from 1.
  Path disk(int broker) {
    return directory.resolve("disk-" + broker);
  }

  @Override
  public int next() {
    return ++users;
  }

  @Override
  public Map<String, Object> client() {
    return Map.of("bootstrap.servers", brokers.bootstrapServers());
  }

  @Override
  public List<String> arguments() {
    return List.of("--bootstrap-servers", brokers.bootstrapServers());
  }

  @Override
  public Sealer sealer() {
    return Sealer.NONE;
  }

  /// Makes the topics of a prefix, as `topics apply` does, when no earlier fault is felt any more.
  @Override
  public Topics topics(String prefix) {
    brokers.awaitInSync();
    var topics = Topics.of(prefix, PARTITIONS);
    try (var admin = admin()) {
      TopicPlan.of(admin, topics, -1).apply(admin);
    }
    return topics;
  }

  Admin admin() {
    return Clusters.admin(brokers.bootstrapServers(), Map.of());
  }

  /// A small disk in memory.
  static AutoCloseable mount(Path at, String size) throws Exception {
    Files.createDirectories(at);
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString());
    return () -> run("umount", "-l", at.toString());
  }

  /// Writes until the disk is full.
  static void fill(Path file) throws Exception {
    var process =
        new ProcessBuilder("dd", "if=/dev/zero", "of=" + file, "bs=64k")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    // It ends with an error, when nothing is left.
    assertThat(process.waitFor()).isPositive();
  }

  static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  void close() throws Exception {
    for (var each : started.reversed()) {
      each.close();
    }
  }
}
