package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.topic.TopicCopy;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "copy",
    mixinStandardHelpOptions = true,
    description = {
      "Copy telemetry and decisions to topics with another prefix, which may have more partitions.",
      "Ends when everything is copied, or with --follow when it is stopped. Started again, it"
          + " continues where it stopped. The old topics are only read."
    },
    exitCodeList = {"0:everything is copied, or stopped by a signal", "1:the copy failed"},
    footer = "  halfsecond topics copy --from ssh. --set topics.prefix=ssh2. --follow")
final class TopicsCopyCommand implements Callable<Integer> {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "PREFIX",
      description = "Prefix of the topics to copy. Those to write to have topics.prefix.")
  private String from = "";

  @Option(names = "--follow", description = "Go on copying what is written to the old topics.")
  private boolean follow;

  TopicsCopyCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var to = configuration.get(Catalogue.TOPIC_PREFIX);
    if (to.equals(from)) {
      throw new ConfigurationException(
          List.of("--from and topics.prefix are the same; set topics.prefix to the new prefix"));
    }
    try (var copy = open(configuration, Topics.of(from, 1), Topics.of(to, 1))) {
      copy(copy);
    }
    return ExitStatus.DONE;
  }

  private static TopicCopy open(Configuration configuration, Topics from, Topics to) {
    return TopicCopy.open(
        configuration.get(Catalogue.BOOTSTRAP_SERVERS),
        configuration.kafka(),
        configuration.get(Catalogue.APPLICATION_ID) + "-copy",
        from,
        to);
  }

  private void copy(TopicCopy copy) {
    long copied = 0;
    long saidNanos = System.nanoTime();
    boolean caughtUp = false;
    while (!around.stop().requested() && !(caughtUp && !follow)) {
      int step = copy.step();
      copied += step;
      if (step == 0 && !caughtUp && copy.behind() == 0) {
        caughtUp = true;
        around.out().printf("everything is copied, %d records%n", copied);
      } else if (System.nanoTime() - saidNanos > BETWEEN_LINES.toNanos() && !caughtUp) {
        saidNanos = System.nanoTime();
        around.out().printf("%d records copied, %d left%n", copied, copy.behind());
      }
    }
  }
}
