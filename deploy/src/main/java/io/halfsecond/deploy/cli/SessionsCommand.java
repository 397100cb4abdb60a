package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.sessions.ConnectionRecord;
import io.halfsecond.deploy.sessions.ConnectionText;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    description = {
      "List connections to sshd: who, from where and by which key (as pseudonyms), outcome, length,"
          + " CPU time, and the programs that each session started.",
      "Accounts for all of them at the end: how many kernel and log have both seen, which one of"
          + " them has not, which are open or incomplete. Connections of the probe are not listed."
    },
    exitCodeList = {"0:done", "1:Kafka or a topic cannot be read"},
    footer = {
      "  halfsecond sessions web-17",
      "  halfsecond sessions --since 1d",
      "  halfsecond sessions web-17 --since 7d --json | jq .ended.openedSessions"
    })
final class SessionsCommand implements Callable<Integer>, InRole {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = AlertsCommand.Since.class,
      description =
          "Read records since then: 30m, 6h or 7d ago, or a time such as 2026-03-29T12:00:00Z."
              + " Default: 1h.")
  private Optional<Instant> since = Optional.empty();

  @Option(
      names = "--json",
      description =
          "Print one JSON object per connection and line, with both of its records, and no account"
              + " of all.")
  private boolean json;

  @Parameters(arity = "0..1", paramLabel = "HOST", description = "Only connections to this host.")
  private Optional<String> host = Optional.empty();

  SessionsCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public ClusterRole role() {
    return ClusterRole.AUDITOR;
  }

  @Override
  public KafkaOptions kafka() {
    return options;
  }

  @Override
  public Integer call() {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var from = since.orElseGet(() -> Instant.now().minus(AN_HOUR));
    var record = new ConnectionRecord(host);
    read(configuration, Topics::authTiming, from, record::add);
    // A connection that ends between the two is complete, and not open.
    read(configuration, Topics::sessionCpu, from, record::add);
    for (var connection : record.connections()) {
      if (json) {
        around.out().println(ConnectionText.json(connection));
      } else {
        ConnectionText.lines(connection).forEach(around.out()::println);
      }
    }
    if (!json) {
      record.tally().text().forEach(around.out()::println);
    }
    around.out().flush();
    return ExitStatus.DONE;
  }

  private <T> void read(
      Configuration configuration,
      Function<Topics, Topic<T>> topic,
      Instant from,
      Consumer<T> output) {
    try (var reader = Clusters.reader(configuration, topic, from)) {
      reader.readToEnd(around.stop()::requested, output);
    }
  }
}
