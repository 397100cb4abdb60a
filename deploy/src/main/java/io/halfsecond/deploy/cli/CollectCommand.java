package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    description = "Measure this host's sshd and send the measurements to Kafka, until stopped.",
    exitCodeList = {"0:stopped by a signal", "1:a part failed for good, or no source can run here"},
    footer = "  halfsecond collect --bootstrap-servers kafka-1:9092,kafka-2:9092")
final class CollectCommand implements Callable<Integer> {
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  CollectCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    var configuration = options.load(around.environment());
    var failure = run(configuration);
    // The last line, after everything has ended and logged what it had to. The service manager
    // restarts a collector that has failed; it does not recover by itself.
    failure.ifPresent(why -> around.err().println("halfsecond collect: " + why));
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  /// @return why a part has failed, and what to do; empty if it was stopped
  private Optional<String> run(Configuration configuration) throws Exception {
    try (var collector =
        CollectorService.start(
            Settings.collector(configuration), configuration.get(Catalogue.COLLECTOR_HTTP))) {
      around.err().println("collecting; metrics at " + collector.url() + "/metrics");
      while (collector.failure().isEmpty() && !around.stop().await(BETWEEN_CHECKS)) {}
      return collector.failure();
    }
  }
}
