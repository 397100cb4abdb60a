package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Watch this host with broker, collector and topology in one process, until stopped.",
      "For one host. It starts its own Kafka and takes no --bootstrap-servers. A fleet has its own"
          + " Kafka and runs collect and stream separately."
    },
    exitCodeList = {"0:stopped by a signal", "1:a part failed for good"},
    footer = {"  halfsecond up", "  halfsecond alerts --follow         in another terminal"})
final class UpCommand implements Callable<Integer> {
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  /// One host is one key: more partitions would only use memory.
  private static final int PARTITIONS = 1;

  private final Surroundings around;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions();

  UpCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    var configuration = options.load(around.environment());
    if (configuration.isSet(Catalogue.BOOTSTRAP_SERVERS) || !configuration.kafka().isEmpty()) {
      throw new ConfigurationException(
          List.of(
              "up starts its own broker and takes no kafka.* settings; remove them, "
                  + "or run collect and stream on that Kafka"));
    }
    var topics = Topics.of(configuration.get(Catalogue.TOPIC_PREFIX), PARTITIONS);
    try (var broker =
        EmbeddedBroker.start(
            configuration.get(Catalogue.BROKER_DATA), configuration.get(Catalogue.BROKER_PORT))) {
      var servers = broker.bootstrapServers();
      try (var admin = Clusters.admin(servers, Map.of())) {
        TopicPlan.of(admin, topics, 1).apply(admin);
      }
      var streams = Settings.streams(configuration, servers, topics);
      var collecting = Settings.collector(configuration, servers);
      try (var stream = StreamService.start(streams, configuration.get(Catalogue.STREAM_HTTP));
          var collector =
              CollectorService.start(collecting, configuration.get(Catalogue.COLLECTOR_HTTP))) {
        around
            .err()
            .printf(
                "running until Ctrl-C; Kafka at %s, metrics at %s/metrics and %s/metrics%n",
                servers, collector.url(), stream.url());
        while (stream.healthy() && collector.healthy() && !around.stop().await(BETWEEN_CHECKS)) {}
        return stream.healthy() && collector.healthy()
            ? ExitStatus.DONE
            : ExitStatus.FINDING_OR_FAILURE;
      }
    }
  }
}
