package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.KeptTopology;
import io.halfsecond.deploy.service.Registration;
import io.halfsecond.deploy.service.RightsWatch;
import io.halfsecond.deploy.service.ServiceManager;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.WaitLog;
import io.halfsecond.schemas.Waiting;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = {
      "Keep the baselines of all hosts and publish alerts, until stopped.",
      "Several instances share the work."
    },
    exitCodeList = {"0:stopped by a signal", "1:the topology failed for good"},
    footer = "  halfsecond stream --bootstrap-servers kafka-1:9092 --set stream.threads=4")
final class StreamCommand implements Callable<Integer> {
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  StreamCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    var configuration = options.load(around.environment());
    var failure = run(configuration);
    // The last line, after everything has ended and logged what it had to. What passes by itself
    // was waited for.
    failure.ifPresent(this::say);
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  /// @return why the topology has failed, and what to do; empty if it was stopped
  private Optional<String> run(Configuration configuration) throws Exception {
    var waits = new WaitLog(System::nanoTime, this::say);
    var manager = ServiceManager.of(around.environment());
    try (var stream =
            KeptTopology.start(
                () ->
                    Settings.streams(
                        configuration,
                        Registration.writable(
                            configuration, Clusters.topicsOfTopology(configuration))),
                Settings.streamHttp(configuration),
                Settings.api(configuration));
        var _ = RightsWatch.start(configuration, ClusterRole.TOPOLOGY, this::say)) {
      around
          .err()
          .printf(
              "starting; alerts and hosts at %s, metrics at %s/metrics%n",
              stream.url(), stream.url());
      boolean said = false;
      manager.look(Waiting.texts(stream.waiting()));
      while (stream.failure().isEmpty() && !around.stop().await(BETWEEN_CHECKS)) {
        stream.look();
        var waiting = stream.waiting();
        waits.look(waiting);
        manager.look(Waiting.texts(waiting));
        if (!said && waiting.isEmpty() && stream.failure().isEmpty()) {
          around.err().println("streaming");
          said = true;
        }
      }
      manager.stopping();
      return stream.failure();
    }
  }

  private void say(String line) {
    around.err().println("halfsecond stream: " + line);
  }
}
