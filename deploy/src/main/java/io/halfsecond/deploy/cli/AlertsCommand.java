package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.NewestAlerts;
import io.halfsecond.deploy.alerts.OpenList;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.Topics;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = {
      "Print alerts: every step of the last day, oldest first, or what is open now.",
      "One cause is one alert: an incident is printed in place of the alerts of its hosts, and the"
          + " first alert of a host in place of those that moved with it. JSON has all.",
      "With an id, all that is known of that alert: figures, changes with paths and hashes, hosts."
    },
    exitCodeList = {"0:done", "1:Kafka or the topic cannot be read, or there is no such alert"},
    footer = {
      "  halfsecond alerts --open",
      "  halfsecond alerts --open --all      the alerts of an incident's hosts too",
      "  halfsecond alerts --since 7d",
      "  halfsecond alerts 05ab0f3f          the evidence of one alert",
      "  halfsecond alerts --follow --json | jq .summary"
    })
final class AlertsCommand implements Callable<Integer> {
  private static final Duration A_DAY = Duration.ofDays(1);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(
      names = {"-f", "--follow"},
      description = "Keep printing alerts as they arrive.")
  private boolean follow;

  @Option(
      names = "--json",
      description = "Print one JSON object per line. With --open: of every open alert.")
  private boolean json;

  @Option(
      names = {"-a", "--all"},
      description = "Also print the alerts that another one covers; with --open, below it.")
  private boolean all;

  /// An open alert is open whenever it began, so the two exclude each other.
  static final class AlertSelection {
    @Option(
        names = "--open",
        description = "Print only alerts that are open now, the newest step of each.")
    private boolean open;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = Since.class,
        description =
            "Print steps since then: 30m, 6h or 7d ago, or a time such as 2026-03-29T12:00:00Z."
                + " Default: 24h.")
    private Optional<Instant> since = Optional.empty();

    private Instant from() {
      return open ? Instant.EPOCH : since.orElseGet(() -> Instant.now().minus(A_DAY));
    }
  }

  @ArgGroup private AlertSelection choice = new AlertSelection();

  @Parameters(
      arity = "0..1",
      paramLabel = "ALERT",
      converter = AlertDigits.class,
      description = "Print the evidence of this alert: its id, or the first digits of it.")
  private Optional<String> alert = Optional.empty();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  AlertsCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    if (alert.isPresent() && (follow || choice.open || choice.since.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), "--open, --since and --follow print many alerts: leave out the id");
    }
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    if (alert.isPresent()) {
      return evidence(configuration, alert.get());
    }
    try (var reader = Clusters.reader(configuration, Topics::alerts, choice.from())) {
      var steps = reader.readToEnd(around.stop()::requested);
      if (!choice.open) {
        if (steps.isEmpty() && !json) {
          around
              .err()
              .printf("no alerts since %s%n", choice.from().truncatedTo(ChronoUnit.SECONDS));
        }
        oldestFirst(steps).forEach(this::printUncovered);
      } else if (json) {
        NewestAlerts.of(steps).open().forEach(this::print);
      } else {
        var open = OpenList.of(NewestAlerts.of(steps), all);
        if (open.isEmpty()) {
          around.err().println("no alert is open");
        }
        open.forEach(around.out()::println);
        around.out().flush();
      }
      while (follow && !around.stop().requested()) {
        reader.poll(Duration.ofMillis(500)).forEach(this::printUncovered);
      }
    }
    return ExitStatus.DONE;
  }

  private int evidence(Configuration configuration, String digits) {
    try (var reader = Clusters.reader(configuration, Topics::alerts, Instant.EPOCH)) {
      var found = NewestAlerts.of(reader.readToEnd(around.stop()::requested)).beginningWith(digits);
      if (found.isEmpty()) {
        around.err().printf("no alert id starts with %s%n", digits);
        return ExitStatus.FINDING_OR_FAILURE;
      }
      if (json) {
        found.forEach(this::print);
      } else {
        found.stream()
            .flatMap(each -> AlertText.evidence(each).stream())
            .forEach(around.out()::println);
        around.out().flush();
      }
    }
    return ExitStatus.DONE;
  }

  private static List<Alert> oldestFirst(List<Alert> steps) {
    return steps.stream().sorted(Comparator.comparing(Alert::getAt)).toList();
  }

  private void printUncovered(Alert alert) {
    if (json || all || !alert.getCovered()) {
      print(alert);
    }
  }

  private void print(Alert alert) {
    around.out().println(json ? AlertJson.of(alert) : AlertText.line(alert));
    around.out().flush();
  }

  /// A point in time, or how long ago.
  static final class Since implements ITypeConverter<Instant> {
    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

    @Override
    public Instant convert(String text) {
      var ago = AGO.matcher(text);
      if (ago.matches()) {
        long amount = Long.parseLong(ago.group(1));
        return Instant.now()
            .minus(
                switch (ago.group(2)) {
                  case "s" -> Duration.ofSeconds(amount);
                  case "m" -> Duration.ofMinutes(amount);
                  case "h" -> Duration.ofHours(amount);
                  default -> Duration.ofDays(amount);
                });
      }
      try {
        return Instant.parse(text);
      } catch (DateTimeException _) {
        throw new TypeConversionException(
            "'" + text + "' is not a time; it must be like 30m, 6h, 7d or 2026-03-29T12:00:00Z");
      }
    }
  }
}
