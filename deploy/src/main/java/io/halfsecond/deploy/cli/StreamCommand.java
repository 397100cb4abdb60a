package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.StreamService;
import java.time.Duration;
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
    try (var stream =
        StreamService.start(
            Settings.streams(configuration), configuration.get(Catalogue.STREAM_HTTP))) {
      around.err().println("streaming; metrics at " + stream.url() + "/metrics");
      // A topology that has failed does not recover; the service manager restarts it.
      while (stream.healthy() && !around.stop().await(BETWEEN_CHECKS)) {}
      return stream.healthy() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
    }
  }
}
