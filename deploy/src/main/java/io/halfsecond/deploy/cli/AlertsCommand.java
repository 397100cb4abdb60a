package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.alerts.AlertJson;
import io.halfsecond.deploy.alerts.AlertReader;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Alert;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(name = "alerts", mixinStandardHelpOptions = true, description = "Prints alerts, every step of each, oldest first.", footerHeading = "%nExample:%n", footer = {
  "  halfsecond alerts --since 7d", "  halfsecond alerts --follow --json | jq .summary"})
final class AlertsCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions();

  @Option(names = {"-f", "--follow"}, description = "Goes on printing alerts as they come.")
  private boolean follow;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(names = "--since", paramLabel = "TIME", converter = Since.class, defaultValue = "24h", description = "From when: 30m, 6h, 7d ago, or a time such as 2026-03-29T12:00:00Z. Default: ${DEFAULT-VALUE}.")
  private Instant since = Instant.EPOCH;

  AlertsCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    try (var reader = AlertReader.open(configuration.get(Catalogue.BOOTSTRAP_SERVERS), configuration.kafka(),
      Clusters
        .topics(configuration).alerts(),
      since)) {
      reader.readToEnd(around.stop()::requested).stream().sorted(Comparator.comparing(Alert::getAt))
        .forEach(this::print);
      while (follow && !around.stop().requested()) {
        reader.poll(Duration.ofMillis(500)).forEach(this::print);
      }
    }
    return ExitStatus.DONE;
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
        return Instant.now().minus(switch (ago.group(2)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
      }
      try {
        return Instant.parse(text);
      } catch (DateTimeException _) {
        throw new TypeConversionException("'" + text
          + "' is not a time; it must be like 30m, 6h, 7d or 2026-03-29T12:00:00Z");
      }
    }
  }
}
