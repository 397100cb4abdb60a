package io.halfsecond.deploy.demo;

import io.halfsecond.collector.CollectorSettings;
import io.halfsecond.collector.CollectorSettings.HostIdentity;
import io.halfsecond.collector.CollectorSettings.SshdSettings;
import io.halfsecond.collector.emit.EmitterSettings;
import io.halfsecond.collector.emit.ExposureSettings;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.inventory.InventorySettings;
import io.halfsecond.collector.registry.SourceSettings;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.source.kernel.KernelSettings;
import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.collector.source.probe.ProbeSettings;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.schemas.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A private sshd if wanted, and if wanted a real collector that watches one and the broker that it
/// sends to. All gone once closed.
final class Bench {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Workspace workspace;
  private ExposureSettings exposure = ExposureSettings.defaults();
  private Optional<PrivateSshd> sshd = Optional.empty();
  private Optional<EmbeddedBroker> broker = Optional.empty();

  private Bench() throws Exception {
    workspace = later(Workspace.create());
  }

  /// Nothing but a workspace. Skips the test where it cannot run.
  static Bench prepare() throws Exception {
    Machine.assumeReady();
    return new Bench();
  }

  /// Prepares sshd, and does not start it. Skips the test where it cannot run.
  static Bench prepare(Duration loginGrace) throws Exception {
    var bench = prepare();
    try {
      bench.sshd =
          Optional.of(bench.later(PrivateSshd.prepare(bench.workspace.make("sshd"), loginGrace)));
      return bench;
    } catch (Exception e) {
      bench.close();
      throw e;
    }
  }

  Workspace workspace() {
    return workspace;
  }

  PrivateSshd sshd() {
    return sshd.orElseThrow();
  }

  /// Starts the broker and a collector that reads this sshd's process events.
  ///
  /// @param probe whether it also probes this sshd, as often as allowed
  CollectorService collect(boolean probe, Optional<InventorySettings> inventory) throws Exception {
    var command = sshd().config().toString();
    return collect(
        command,
        new SourceSettings(
            Optional.of(KernelSettings.defaults().withCommandLine(command)),
            Optional.empty(),
            probe
                ? Optional.of(new ProbeSettings(Optional.empty(), ProbeSettings.SHORTEST, command))
                : Optional.empty()),
        inventory);
  }

  /// Starts the broker and a collector that reads the process events and the log of this sshd.
  CollectorService collect(SshdInNamespace other) throws Exception {
    var command = other.config().toString();
    return collect(
        command,
        new SourceSettings(
            Optional.of(KernelSettings.defaults().withCommandLine(command)),
            Optional.of(LogSettings.ofFile(other.log())),
            Optional.empty()),
        Optional.empty());
  }

  /// Starts the broker, for a collector of the test's own.
  ///
  /// @return its bootstrap servers
  String startBroker() throws Exception {
    var started = later(EmbeddedBroker.start(workspace.make("broker")));
    broker = Optional.of(started);
    try (var admin = Clusters.admin(started.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, Backend.TOPICS, 1).apply(admin);
    }
    return started.bootstrapServers();
  }

  /// Starts the broker and a collector.
  ///
  /// @param command only an sshd whose command line contains this is watched
  CollectorService collect(
      String command, SourceSettings sources, Optional<InventorySettings> inventory)
      throws Exception {
    var bootstrapServers = startBroker();
    return later(
        CollectorService.start(
            new CollectorSettings(
                new HostIdentity("it-host", ""),
                new SshdSettings(SshdSettings.defaults().privsepUser(), command),
                sources,
                Optional.empty(),
                inventory,
                PseudonymSettings.defaults(),
                exposure,
                EmitterSettings.defaults(),
                new KafkaSettings(bootstrapServers, Map.of()),
                Files.createDirectory(stateDirectory()),
                Duration.ofSeconds(10)),
            Backend.loopback()));
  }

  /// To be called before the collector is started.
  void expect(ExposureSettings expected) {
    exposure = expected;
  }

  /// The collector's.
  Path stateDirectory() {
    return workspace.directory().resolve("collector");
  }

  /// All that stands on a topic now.
  <T> List<T> read(Topic<T> topic) {
    return Records.of(broker.orElseThrow().bootstrapServers(), topic);
  }

  /// Closes it with the bench, before what was there earlier.
  <T extends AutoCloseable> T later(T resource) {
    open.add(resource);
    return resource;
  }

  void close() throws Exception {
    for (var each : open.reversed()) {
      each.close();
    }
  }
}
