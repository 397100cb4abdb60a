package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertFilter;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.alerts.NewestAlerts;
import io.halfsecond.deploy.alerts.OpenList;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.PushService;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.alert.Words;
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
      "  halfsecond alerts --open --tier step --host 'web-*' --output table",
      "  halfsecond alerts --since 7d",
      "  halfsecond alerts 05ab0f3f          the evidence of one alert",
      "  halfsecond alerts --follow --resume pager --json | your-program"
    })
final class AlertsCommand implements Callable<Integer>, InRole {
  private static final Duration A_DAY = Duration.ofDays(1);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Mixin private AlertFilterOptions filters = new AlertFilterOptions();

  @Option(
      names = {"-f", "--follow"},
      description =
          "Keep printing alerts as they arrive, also after brokers were away for a while.")
  private boolean follow;

  @Option(
      names = "--resume",
      paramLabel = "NAME",
      converter = PositionName.class,
      description =
          "With --follow: begin with the first step that was not printed under this name. The"
              + " brokers keep the position, in the group halfsecond-alerts-NAME. Without one,"
              + " begin at --since.")
  private Optional<String> resume = Optional.empty();

  /// JSON has a short form of its own, because most of those who want it are programs.
  static final class FormChoice {
    @Option(
        names = {"-o", "--output"},
        paramLabel = "FORM",
        converter = FormName.class,
        description =
            "text: a line of words for each alert. table: a line of columns. json: an object per"
                + " line, of every alert. Default: text.")
    private AlertPrinter.Form form = AlertPrinter.Form.TEXT;

    @Option(names = "--json", description = "The same as --output json.")
    private boolean json;

    private AlertPrinter.Form form() {
      return json ? AlertPrinter.Form.JSON : form;
    }
  }

  @ArgGroup private FormChoice output = new FormChoice();

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
  public ClusterRole role() {
    return ClusterRole.READER;
  }

  @Override
  public KafkaOptions kafka() {
    return options;
  }

  @Override
  public Integer call() {
    var filter = filters.filter();
    if (alert.isPresent()
        && (follow || choice.open || choice.since.isPresent() || !filter.equals(AlertFilter.ALL))) {
      throw wrong("--open, --since, --follow and filters print many alerts: leave out the id");
    }
    if (resume.isPresent() && (!follow || choice.open)) {
      throw wrong("--resume goes with --follow, and not with --open");
    }
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var printer = new AlertPrinter(output.form(), around);
    if (alert.isPresent()) {
      return evidence(configuration, alert.get(), printer);
    }
    return resume.isPresent()
        ? resumed(configuration, resume.get(), filter, printer)
        : fromTime(configuration, filter, printer);
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private int fromTime(Configuration configuration, AlertFilter filter, AlertPrinter printer) {
    try (var reader = Clusters.reader(configuration, Topics::alerts, choice.from())) {
      var steps = reader.readToEnd(around.stop()::requested);
      if (choice.open) {
        open(NewestAlerts.of(steps), filter, printer);
      } else {
        since(steps, filter, printer);
      }
      return follow ? follow(reader, filter, printer) : ExitStatus.DONE;
    }
  }

  private void open(NewestAlerts alerts, AlertFilter filter, AlertPrinter printer) {
    if (printer.form() == AlertPrinter.Form.JSON) {
      printer.print(alerts.open().stream().filter(filter).toList());
      return;
    }
    var open = OpenList.of(alerts, filter);
    if (open.entries().isEmpty() && (open.rest().isEmpty() || !all)) {
      around
          .err()
          .println(filter.equals(AlertFilter.ALL) ? "no alert is open" : "no such alert is open");
    }
    printer.print(open, all);
    tellCovered(all ? 0 : open.rest().size());
  }

  private void since(List<Alert> steps, AlertFilter filter, AlertPrinter printer) {
    var asked = oldestFirst(steps.stream().filter(filter).toList());
    var shown = asked.stream().filter(alert -> isShown(alert, printer)).toList();
    if (shown.isEmpty() && printer.form() != AlertPrinter.Form.JSON) {
      around.err().printf("no alerts since %s%n", choice.from().truncatedTo(ChronoUnit.SECONDS));
    }
    printer.print(shown);
    if (shown.isEmpty()) {
      tellCovered(asked.size());
    }
  }

  /// What was asked for and is not shown, so that nobody takes it for nothing.
  private void tellCovered(int count) {
    if (count > 0) {
      around.err().printf("%s that others cover: --all%n", Words.count(count, "alert"));
    }
  }

  /// Prints each step at least once: its position is kept when it is printed.
  private int resumed(
      Configuration configuration, String name, AlertFilter filter, AlertPrinter printer) {
    try (var reader = Clusters.alertsReader(configuration, name, choice.from())) {
      if (!reader.resumed()) {
        around
            .err()
            .printf(
                "%s has no position: beginning at %s%n",
                name, choice.from().truncatedTo(ChronoUnit.SECONDS));
      }
      return follow(reader, filter, printer);
    }
  }

  private int follow(TopicReader<Alert> reader, AlertFilter filter, AlertPrinter printer) {
    reader.follow(
        around.stop()::requested,
        (_, message) -> around.err().println(message),
        steps -> {
          printer.print(
              steps.stream().filter(filter).filter(alert -> isShown(alert, printer)).toList());
          // Nobody reads what is printed to a pipe that was closed.
          return !around.out().checkError();
        });
    return around.stop().requested() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }

  private int evidence(Configuration configuration, String digits, AlertPrinter printer) {
    try (var reader = Clusters.reader(configuration, Topics::alerts, Instant.EPOCH)) {
      var found = NewestAlerts.of(reader.readToEnd(around.stop()::requested)).beginningWith(digits);
      if (found.isEmpty()) {
        around.err().printf("no alert id starts with %s%n", digits);
        return ExitStatus.FINDING_OR_FAILURE;
      }
      if (printer.form() == AlertPrinter.Form.TEXT) {
        found.stream()
            .flatMap(each -> AlertText.evidence(each).stream())
            .forEach(around.out()::println);
        around.out().flush();
      } else {
        printer.print(found);
      }
    }
    return ExitStatus.DONE;
  }

  private static List<Alert> oldestFirst(List<Alert> steps) {
    return steps.stream().sorted(Comparator.comparing(Alert::getAt)).toList();
  }

  private boolean isShown(Alert alert, AlertPrinter printer) {
    return all || printer.form() == AlertPrinter.Form.JSON || !alert.getCovered();
  }

  static final class FormName implements ITypeConverter<AlertPrinter.Form> {
    @Override
    public AlertPrinter.Form convert(String text) {
      return Choice.of(List.of(AlertPrinter.Form.values()), text);
    }
  }

  /// What a position is called.
  static final class PositionName implements ITypeConverter<String> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    @Override
    public String convert(String text) {
      if (!NAME.matcher(text).matches()) {
        throw new TypeConversionException(
            "'" + text + "' is not a name: letters, digits and ._-, 100 at most");
      }
      if (text.equals(PushService.POSITION)) {
        throw new TypeConversionException("this is the position of halfsecond push");
      }
      return text;
    }
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
