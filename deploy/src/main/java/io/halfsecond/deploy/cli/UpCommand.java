package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.KeptTopology;
import io.halfsecond.deploy.service.Registration;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.service.WaitLog;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

  /// Kafka writes its smallest files in less.
  private static final long FULL_BYTES = 1 << 20;

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
    // While topics and groups are made, Kafka's clients warn of each that is not there yet.
    Logging.onlyErrorsOfKafka();
    var failure = run(configuration);
    // The last line, after everything has ended and logged what it had to.
    failure.ifPresent(this::say);
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  /// @return why a part has failed, and what to do; empty if it was stopped
  private Optional<String> run(Configuration configuration) throws Exception {
    var data = configuration.get(Catalogue.BROKER_DATA);
    EmbeddedBroker.beforeHalt(() -> around.err().println("halfsecond up: " + brokerFailure(data)));
    try (var broker = EmbeddedBroker.start(data, configuration.get(Catalogue.BROKER_PORT))) {
      var servers = broker.bootstrapServers();
      var topics = topics(configuration, servers);
      var collecting = Settings.collector(configuration, servers);
      var waits = new WaitLog(System::nanoTime, this::say);
      try (var stream =
              KeptTopology.start(
                  () ->
                      Settings.streams(
                          configuration, servers, Registration.writable(configuration, topics)),
                  Settings.streamHttp(configuration),
                  Settings.api(configuration));
          var collector =
              CollectorService.start(collecting, Settings.collectorHttp(configuration))) {
        boolean said = false;
        while (failure(stream, collector).isEmpty() && !around.stop().await(BETWEEN_CHECKS)) {
          stream.look();
          if (said) {
            waits.look(
                Stream.concat(stream.waiting().stream(), collector.waiting().stream()).toList());
          } else if (!stream.waiting().isEmpty()) {
            // That a topology joins its group is no news at the start.
            waits.look(
                stream.waiting().stream()
                    .filter(waiting -> waiting.reason() != Waiting.Reason.JOINING)
                    .toList());
          } else if (stream.failure().isEmpty()) {
            around
                .err()
                .printf(
                    "running until Ctrl-C; alerts and hosts at %s, Kafka at %s, metrics at"
                        + " %s/metrics and %s/metrics%n",
                    stream.url(), servers, collector.url(), stream.url());
            said = true;
            Logging.warningsOfKafka();
          }
        }
        // While they end, the broker's own clients warn that it goes.
        Logging.onlyErrorsOfKafka();
        return failure(stream, collector);
      }
    }
  }

  private static String brokerFailure(Path data) {
    return "the broker has failed and ends the process: "
        + (data.toFile().getUsableSpace() < FULL_BYTES
            ? "no space is left in %s; free some, then start again".formatted(data)
            : "the log says why; start again");
  }

  private void say(String line) {
    around.err().println("halfsecond up: " + line);
  }

  private static Optional<String> failure(KeptTopology stream, CollectorService collector) {
    return stream.failure().or(collector::failure);
  }

  /// Makes what is missing of the topics; those that are there keep their partitions.
  private static Topics topics(Configuration configuration, String servers) {
    try (var admin = Clusters.admin(servers, Map.of())) {
      TopicPlan.of(admin, Clusters.topics(configuration, admin, PARTITIONS), 1).apply(admin);
      return Clusters.topicsOfTopology(configuration, admin);
    }
  }
}
