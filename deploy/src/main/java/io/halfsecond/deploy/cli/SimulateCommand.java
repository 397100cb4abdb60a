package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.Key;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.simulation.Expectations;
import io.halfsecond.deploy.simulation.Fleet;
import io.halfsecond.deploy.simulation.Injection;
import io.halfsecond.deploy.simulation.InjectionText;
import io.halfsecond.deploy.simulation.Regime;
import io.halfsecond.deploy.simulation.Simulation;
import io.halfsecond.deploy.simulation.TelemetryProducer;
import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.travel.SchemaWriter;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Write the telemetry of a fleet that does not exist to Kafka, as its collectors would: to try"
          + " a topology of your size before the rollout.",
      "What the collectors do follows from collector.heartbeat, .probe, .probe-interval and"
          + " .inventory. With stream.authentication-secrets-file, records carry the codes of their"
          + " hosts.",
      "",
      "Past times are written as fast as Kafka takes them. With --live it goes on at the pace of"
          + " the clock.",
      ""
    },
    exitCodeList = {"0:everything was written", "1:Kafka cannot be reached, or took no more"},
    footer = {
      "  halfsecond simulate --hosts 1000 --from 6h --expect expected.json \\",
      "    --inject slow-library:hosts=5%%,delay=300ms,at=+4h,stages=1%%/10m,10%%/30m,100%%",
      "  halfsecond simulate verify expected.json",
      "  halfsecond simulate --hosts 100000 --live --for 10m --set collector.heartbeat=1m"
    })
final class SimulateCommand implements Callable<Integer> {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final Duration DEFAULT_LENGTH = Duration.ofHours(1);
  private static final Duration OLDEST = TimeBounds.defaults().past().minusDays(1);

  /// What is simulated between two looks at the clock.
  private static final Duration STEP = Duration.ofMillis(100);

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(names = "--hosts", paramLabel = "N", description = "Number of hosts. Default: 100.")
  private int hosts = 100;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Connections of a host and minute, on average. Default: 1.")
  private double rate = 1;

  @Option(
      names = "--cohorts",
      paramLabel = "N",
      description =
          "Number of groups of comparable hosts; 0 for none. Default: 4, or as many as there are"
              + " hosts.")
  private Optional<Integer> cohorts = Optional.empty();

  @Option(
      names = "--regime",
      paramLabel = "NAME,…",
      description =
          "How connections vary while nothing changes; each host has one of them: quiet, bursts,"
              + " diurnal, drift, correlated, wandering, heavy-tails, scans, busy. Default: mix,"
              + " which is all of them.")
  private String regime = "mix";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed and --from give the same records. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = AlertsCommand.Since.class,
      description =
          "When it begins: 30m, 6h or 7d ago, or a time such as 2026-03-29T12:00:00Z; at most 29d"
              + " ago, for the topology takes nothing that is older. Default: 1h, with --live now.")
  private Optional<Instant> from = Optional.empty();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = Length.class,
      description =
          "How long it lasts, such as 90s or 6h. Default: until now, with --live endless.")
  private Optional<Duration> length = Optional.empty();

  @Option(names = "--live", description = "Go on at the pace of the clock.")
  private boolean live;

  @Option(
      names = "--inject",
      paramLabel = "WHAT",
      description = {
        "Change something on a part of the hosts; may be given several times. With defaults, but"
            + " for at:",
        "  slow-library:hosts=5%%,at=+2h,delay=300ms,stages=100%%",
        "    sshd is restarted on a liblzma that costs CPU; in stages: 1%%/10m,10%%/30m,100%%",
        "  slow-auth:hosts=5%%,at=+2h,delay=300ms",
        "    authentication takes longer, and nothing has changed",
        "  creep:hosts=5%%,at=+2h,delay=300ms,over=6h",
        "    startup grows by so much over that time",
        "  gap:hosts=5%%,at=+2h,for=10m",
        "    records are lost",
        "  clock:hosts=5%%,at=+2h,by=+3m",
        "    the host's clock is set, ahead or behind",
        "  scan:hosts=5%%,at=+2h,for=30m,times=20",
        "    scanners connect, so many connections for each one",
        "The first three are to be found, the others must raise no alert."
      })
  private List<String> inject = List.of();

  @Option(
      names = "--expect",
      paramLabel = "FILE",
      description = "Write what was injected where and when, for halfsecond simulate verify.")
  private Optional<Path> expect = Optional.empty();

  @Option(
      names = "--name",
      paramLabel = "PREFIX",
      description = "What the names of the hosts start with. Default: sim-.")
  private String name = "sim-";

  @Option(
      names = "--append",
      description =
          "Write to topics that have telemetry already. Without it they must be empty, so that no"
              + " simulated hosts come among real ones.")
  private boolean append;

  SimulateCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var injections = checked("--inject", () -> inject.stream().map(InjectionText::parse).toList());
    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    var begin = begin(now);
    var end = end(begin, now);
    var regimes = checked("--regime", () -> Regime.parse(regime));
    var fleet =
        checked(
            "the fleet",
            () ->
                new Fleet(
                    hosts,
                    rate,
                    cohorts.orElse(Math.min(4, hosts)),
                    regimes,
                    seed,
                    begin,
                    collectors(configuration),
                    name));
    requireWithin(injections, begin, end);
    var secrets = configuration.get(Catalogue.SECRETS_FILE);
    try (var admin = Clusters.admin(configuration)) {
      var topics = Clusters.topicsOfTopology(configuration, admin);
      requireEmpty(admin, topics);
      try (var _ =
              SchemaWriter.start(
                  configuration.get(Catalogue.BOOTSTRAP_SERVERS),
                  configuration.kafka(),
                  topics.schemas(),
                  RecordSchemas.OF_COLLECTOR);
          var producer =
              new TelemetryProducer(
                  configuration.get(Catalogue.BOOTSTRAP_SERVERS),
                  configuration.kafka(),
                  secrets.isEmpty()
                      ? Optional.empty()
                      : Optional.of(FleetSecrets.read(secrets.get())))) {
        var run =
            new Run(
                fleet,
                new Simulation(fleet, injections, topics, producer),
                producer,
                new Lag(admin, configuration.get(Catalogue.APPLICATION_ID), topics));
        run.until(end);
      }
    }
    return ExitStatus.DONE;
  }

  private Instant begin(Instant now) {
    var begin =
        from.orElseGet(() -> live ? now : now.minus(length.orElse(DEFAULT_LENGTH)))
            .truncatedTo(ChronoUnit.MILLIS);
    if (begin.isBefore(now.minus(OLDEST)) || begin.isAfter(now)) {
      throw wrong(
          "--from must be at most %d days ago, and not ahead: not %s"
              .formatted(OLDEST.toDays(), begin));
    }
    return begin;
  }

  /// @return empty if it has no end
  private Optional<Instant> end(Instant begin, Instant now) {
    var end = length.map(begin::plus);
    if (live) {
      return end;
    }
    if (end.filter(now::isBefore).isPresent()) {
      throw wrong("--for goes beyond now; give --live for that, or an earlier --from");
    }
    return end.or(() -> Optional.of(now));
  }

  private void requireWithin(List<Injection> injections, Instant begin, Optional<Instant> end) {
    for (var injection : injections) {
      if (end.filter(last -> !begin.plus(injection.at()).isBefore(last)).isPresent()) {
        throw wrong("--inject %s: it would be after the end".formatted(injection.text()));
      }
    }
  }

  private static Fleet.Collectors collectors(Configuration configuration) {
    return new Fleet.Collectors(
        Optional.of(configuration.get(Catalogue.HEARTBEAT)),
        configuration.get(Catalogue.PROBE)
            ? Optional.of(configuration.get(Catalogue.PROBE_INTERVAL))
            : Optional.empty(),
        configuration.get(Catalogue.INVENTORY));
  }

  private void requireEmpty(Admin admin, Topics topics) {
    if (!append && ClusterTopics.records(admin, names(topics)) > 0) {
      throw new KafkaException(
          "there is telemetry on %s and the like; simulate on other topics (--set topics.prefix=sim.)"
                  .formatted(topics.authTiming().name())
              + ", or give --append");
    }
  }

  private static List<String> names(Topics topics) {
    return InputTopic.all(topics).stream().map(input -> input.topic().name()).toList();
  }

  private <T> T checked(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw wrong("%s: %s".formatted(option, e.getMessage()));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /// How many records the topology has to process.
  private record Lag(Admin admin, String application, Topics topics) {
    private long records() {
      return ClusterTopics.behind(admin, application, names(topics));
    }
  }

  /// A simulation under way.
  private final class Run {
    private final Fleet fleet;
    private final Simulation simulation;
    private final TelemetryProducer producer;
    private final Lag lag;
    private final Instant began = Instant.now();
    private final double beganCpuSeconds = cpuSeconds();
    private Instant said = began;
    private long saidRecords;

    private Run(Fleet fleet, Simulation simulation, TelemetryProducer producer, Lag lag) {
      this.fleet = fleet;
      this.simulation = simulation;
      this.producer = producer;
      this.lag = lag;
    }

    private void until(Optional<Instant> end) throws IOException, InterruptedException {
      writeExpectations(end.orElse(Instant.MAX));
      var reached = fleet.begin();
      while (!around.stop().requested() && (end.isEmpty() || reached.isBefore(end.get()))) {
        var now = Instant.now();
        var next = earliest(simulation.next().plus(STEP), end.orElse(Instant.MAX));
        if (next.isAfter(now)) {
          around.stop().await(Duration.between(now, next));
        }
        reached = earliest(next, now);
        simulation.stepUntil(reached);
        say(reached);
      }
      simulation.stop(reached);
      producer.flush();
      writeExpectations(reached);
      sayAll(reached);
    }

    private static Instant earliest(Instant one, Instant other) {
      return one.isBefore(other) ? one : other;
    }

    private void writeExpectations(Instant end) throws IOException {
      if (expect.isPresent()) {
        Expectations.of(fleet, simulation.affected(), end, producer.records()).write(expect.get());
      }
    }

    private void say(Instant reached) {
      var now = Instant.now();
      if (Duration.between(said, now).compareTo(BETWEEN_LINES) >= 0) {
        double seconds = Duration.between(said, now).toMillis() / 1_000.0;
        around
            .err()
            .printf(
                Locale.ROOT,
                "at %s: %,d records, %,.0f/s; the topology is %,d behind%n",
                reached.truncatedTo(ChronoUnit.SECONDS),
                producer.records(),
                (producer.records() - saidRecords) / seconds,
                lag.records());
        said = now;
        saidRecords = producer.records();
      }
    }

    private void sayAll(Instant reached) {
      double seconds = Duration.between(began, Instant.now()).toMillis() / 1_000.0;
      around
          .out()
          .printf(
              Locale.ROOT,
              "%,d records of %,d hosts from %s to %s in %.1f s: %,.0f/s, %.1f µs of CPU a"
                  + " record%n",
              producer.records(),
              fleet.hosts(),
              fleet.begin().truncatedTo(ChronoUnit.SECONDS),
              reached.truncatedTo(ChronoUnit.SECONDS),
              seconds,
              producer.records() / seconds,
              (cpuSeconds() - beganCpuSeconds) / producer.records() * 1e6);
      around.out().flush();
    }

    private static double cpuSeconds() {
      return ProcessHandle.current()
          .info()
          .totalCpuDuration()
          .map(cpu -> cpu.toMillis() / 1_000.0)
          .orElse(Double.NaN);
    }
  }

  /// A duration.
  static final class Length implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Key.duration(text);
      } catch (IllegalArgumentException _) {
        throw new TypeConversionException(
            "'" + text + "' is not a time; it must be like 90s, 30m, 6h or 7d");
      }
    }
  }
}
