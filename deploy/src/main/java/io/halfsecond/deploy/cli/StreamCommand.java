package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Registration;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.schemas.Topics;
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
    var topics =
        Registration.await(
            configuration,
            Clusters.topicsOfTopology(configuration),
            around.stop(),
            line -> around.err().println("halfsecond stream: " + line));
    if (topics.isEmpty()) {
      return ExitStatus.DONE;
    }
    var failure = run(configuration, topics.get());
    // The last line, after everything has ended and logged what it had to. The service manager
    // restarts a topology that has failed; it does not recover by itself.
    failure.ifPresent(why -> around.err().println("halfsecond stream: " + why));
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  /// @return why the topology has failed, and what to do; empty if it was stopped
  private Optional<String> run(Configuration configuration, Topics topics) throws Exception {
    try (var stream =
        StreamService.start(
            Settings.streams(configuration, topics),
            Settings.streamHttp(configuration),
            Settings.api(configuration))) {
      around
          .err()
          .printf(
              "starting; alerts and hosts at %s, metrics at %s/metrics%n",
              stream.url(), stream.url());
      boolean said = false;
      while (stream.failure().isEmpty() && !around.stop().await(BETWEEN_CHECKS)) {
        if (!said && stream.ready()) {
          around.err().println("streaming");
          said = true;
        }
      }
      return stream.failure();
    }
  }
}
