package io.halfsecond.deploy.cli;

import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.deploy.alerts.AlertText;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.replay.Input;
import io.halfsecond.deploy.replay.ReplayRun;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.deploy.terminal.Progress;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.streams.detector.DetectorSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Run old logs through the whole pipeline and print the alerts that they would have raised.",
      "Reads syslog files, output of journalctl, and recordings of demo --record; compressed by"
          + " gzip or not. Needs no Kafka."
    },
    exitCodeList = {
      "0:everything was read, with or without alerts",
      "1:a file cannot be read, or not to its end; or no line of sshd gave a connection"
    },
    footer = {
      "  halfsecond replay /var/log/auth.log*",
      "  xzcat auth.log.xz | halfsecond replay --timezone Europe/Berlin --year 2025 -",
      "  journalctl -t sshd -t sshd-session -o export | halfsecond replay --json - | jq .summary"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int EARLIEST_YEAR = 1970;

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to read, in any order; - is standard input.")
  private List<String> files = List.of();

  @Option(
      names = "--max-false-alarms",
      paramLabel = "N/host-year",
      description = "Expected number of false alarms. Default: as configured, else 1/host-year.")
  private Optional<String> maxFalseAlarms = Optional.empty();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Replay only this host; may be given several times.")
  private List<String> hosts = List.of();

  @Option(
      names = "--timezone",
      paramLabel = "ZONE",
      description =
          "Time zone of log lines without one, such as Europe/Berlin or +02:00. Default: this"
              + " machine's.")
  private Optional<String> timezone = Optional.empty();

  @Option(
      names = "--year",
      paramLabel = "YEAR",
      description =
          "Year of log lines without one. Default: it follows from when the file was last written.")
  private Optional<Integer> year = Optional.empty();

  @Option(
      names = "--json",
      description =
          "Print one JSON object per line: every record of every alert, and a summary at the end.")
  private boolean json;

  ReplayCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    if (Collections.frequency(files, Input.STANDARD_INPUT) > 1) {
      throw new ParameterException(spec.commandLine(), "standard input can be read only once");
    }
    var calendar = calendar();
    maxFalseAlarms.ifPresent(budget -> options.set(Catalogue.MAX_FALSE_ALARMS.name(), budget));
    var configuration = options.load(around.environment());
    var inputs = inputs(calendar);
    if (inputs.isEmpty()) {
      return ExitStatus.FINDING_OR_FAILURE;
    }
    return replay(configuration, Input.sorted(inputs.get()));
  }

  /// Completes the times of standard input, which is written now.
  private LogCalendar calendar() {
    var zone = timezone.map(this::zone).orElseGet(ZoneId::systemDefault);
    var now = Instant.now();
    int latest = now.atZone(zone).getYear();
    if (year.isPresent() && (year.get() < EARLIEST_YEAR || year.get() > latest)) {
      throw new ParameterException(
          spec.commandLine(),
          "--year must be %d to %d, not %d".formatted(EARLIEST_YEAR, latest, year.get()));
    }
    return new LogCalendar(zone, now, year.map(Year::of));
  }

  private ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException _) {
      throw new ParameterException(
          spec.commandLine(),
          "--timezone: '%s' is not a time zone, such as Europe/Berlin, UTC or +02:00"
              .formatted(name));
    }
  }

  /// Checks all before any is read: a report on some would be taken for one on all.
  ///
  /// @return empty if one of them cannot be read
  private Optional<List<Input>> inputs(LogCalendar calendar) {
    var inputs = new ArrayList<Input>();
    for (String file : files) {
      try {
        inputs.add(Input.of(file, System.in, calendar));
      } catch (IOException e) {
        complain(file, e);
      }
    }
    return inputs.size() == files.size() ? Optional.of(inputs) : Optional.empty();
  }

  private int replay(Configuration configuration, List<Input> inputs) {
    var bar = new Bar(inputs);
    var run =
        new ReplayRun(
            detector(configuration, inputs),
            Clusters.topics(configuration),
            Set.copyOf(hosts),
            Instant.now(),
            alert -> {
              bar.clear();
              print(alert);
            });
    int status = ExitStatus.DONE;
    for (Input input : inputs) {
      if (!around.stop().requested()) {
        bar.begin(input);
        try {
          run.read(input, bar::read);
        } catch (IOException e) {
          bar.clear();
          complain(input.name(), e);
          status = ExitStatus.FINDING_OR_FAILURE;
        }
      }
    }
    bar.clear();
    var report = run.finish();
    if (json) {
      around.out().println(report.json());
    } else {
      report.text().forEach(around.out()::println);
    }
    around.out().flush();
    report.warning().ifPresent(text -> around.err().println("halfsecond replay: " + text));
    return report.isWithoutConnections() ? ExitStatus.FINDING_OR_FAILURE : status;
  }

  /// A recording is judged in blocks as long as those of its run, so that it has the alerts that
  /// the run had. The configuration and other inputs beside it come first.
  private DetectorSettings detector(Configuration configuration, List<Input> inputs) {
    var settings = Settings.detector(configuration);
    var blocks = inputs.stream().map(Input::block).distinct().toList();
    if (settings.block().isPresent() || blocks.size() > 1 || blocks.getFirst().isEmpty()) {
      return settings;
    }
    var block = blocks.getFirst().get();
    around
        .err()
        .printf(
            "halfsecond replay: in blocks of %,d ms, as in the recorded run; --set %s=… for"
                + " others%n",
            block.toMillis(), Catalogue.BLOCK.name());
    return settings.withBlock(block);
  }

  /// Without the hourly updates: of the past, beginning and end matter. One cause is one alert.
  private void print(Alert alert) {
    if (json) {
      around.out().println(AlertJson.of(alert));
    } else if (alert.getState() != AlertState.UPDATED && !alert.getCovered()) {
      around
          .out()
          .printf(
              "%s  %-12s  %-5s  %s%n",
              AlertText.time(alert.getAt()),
              alert.getState(),
              alert.getTier(),
              AlertText.summary(alert));
    }
  }

  private void complain(String file, IOException e) {
    var name = file.equals(Input.STANDARD_INPUT) ? "standard input" : file;
    around.err().printf("halfsecond replay: %s: %s%n", name, Causes.reason(e));
  }

  /// Shows progress on standard error, if that is a terminal.
  private final class Bar {
    private static final int WIDTH = 30;
    private static final Duration BETWEEN = Duration.ofMillis(200);

    private final Progress progress = new Progress(around.err(), true);

    /// Bytes of all inputs; empty if not known.
    private final OptionalLong total;

    private String name = "";
    private long bytes;
    private long shownNanos = System.nanoTime();

    private Bar(List<Input> inputs) {
      total =
          inputs.stream().allMatch(input -> input.bytes().isPresent())
              ? OptionalLong.of(
                  inputs.stream().mapToLong(input -> input.bytes().orElseThrow()).sum())
              : OptionalLong.empty();
    }

    private void begin(Input input) {
      name = input.name();
    }

    /// @throws InterruptedIOException on a request to stop
    private void read(long more) throws InterruptedIOException {
      if (around.stop().requested()) {
        throw new InterruptedIOException("stopped before its end");
      }
      bytes += more;
      if (around.errTerminal() && System.nanoTime() - shownNanos >= BETWEEN.toNanos()) {
        shownNanos = System.nanoTime();
        progress.update(text());
      }
    }

    private String text() {
      if (total.isEmpty() || total.getAsLong() == 0) {
        return "%,d MB  %s".formatted(bytes >> 20, name);
      }
      double share = Math.min(1, (double) bytes / total.getAsLong());
      int full = (int) (share * WIDTH);
      return "[%s%s] %3.0f %%  %s"
          .formatted("#".repeat(full), ".".repeat(WIDTH - full), share * 100, name);
    }

    private void clear() {
      progress.clear();
    }
  }
}
