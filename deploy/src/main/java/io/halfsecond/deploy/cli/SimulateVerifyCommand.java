package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.simulation.Expectations;
import io.halfsecond.deploy.simulation.Verification;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.InputTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Wait until the topology has processed a simulation, then compare its alerts with what was"
          + " injected.",
      "False alarms are held against detector.max-false-alarms."
    },
    exitCodeList = {
      "0:every change was found, and there are no more false alarms than promised",
      "1:a change was missed, there are too many false alarms, or Kafka cannot be reached"
    },
    footer = "  halfsecond simulate verify expected.json")
final class SimulateVerifyCommand implements Callable<Integer> {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /// Looks after the last progress of the topology: its internal topics are processed, too.
  private static final int QUIET_LOOKS = 5;

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Parameters(paramLabel = "FILE", description = "What halfsecond simulate --expect has written.")
  private Path file = Path.of("");

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = SimulateCommand.Length.class,
      description = "How long to wait for the topology. Default: 10m.")
  private Duration patience = Duration.ofMinutes(10);

  SimulateVerifyCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var expected = Expectations.read(file).until(Instant.now());
    if (!isProcessed(configuration, expected.records())) {
      around.err().println("halfsecond simulate verify: stopped before the topology was done");
      return ExitStatus.FINDING_OR_FAILURE;
    }
    var verification =
        new Verification(
            expected, alerts(configuration), configuration.get(Catalogue.MAX_FALSE_ALARMS));
    verification.report().forEach(around.out()::println);
    around.out().flush();
    return verification.isFine() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  private List<Alert> alerts(Configuration configuration) {
    try (var reader = Clusters.reader(configuration, Topics::alerts, Instant.EPOCH)) {
      return reader.readToEnd(around.stop()::requested);
    }
  }

  /// Waits for it.
  ///
  /// @param written records of the simulation
  /// @return false if this process was stopped meanwhile
  private boolean isProcessed(Configuration configuration, long written)
      throws InterruptedException {
    var application = configuration.get(Catalogue.APPLICATION_ID);
    var until = Instant.now().plus(patience);
    try (var admin = Clusters.admin(configuration)) {
      var names =
          InputTopic.all(Clusters.topicsOfTopology(configuration, admin)).stream()
              .map(input -> input.topic().name())
              .toList();
      long there = ClusterTopics.records(admin, names);
      if (there < written) {
        throw new KafkaException(
            "%s and the like have had %,d records, and the simulation wrote %,d; was it on other topics"
                    .formatted(names.getFirst(), there, written)
                + " (topics.prefix)?");
      }
      long processed = -1;
      for (int quiet = 0; quiet < QUIET_LOOKS; ) {
        long behind = ClusterTopics.behind(admin, application, names);
        long now = ClusterTopics.processed(admin, application);
        quiet = behind == 0 && now == processed ? quiet + 1 : 0;
        processed = now;
        if (Instant.now().isAfter(until)) {
          throw new TimeoutException(
              "the topology %s is %,d records behind; see --wait".formatted(application, behind));
        }
        if (around.stop().await(BETWEEN_LOOKS)) {
          return false;
        }
      }
      return true;
    }
  }
}
