package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.doctor.ClusterChecks;
import io.halfsecond.deploy.doctor.Finding;
import io.halfsecond.deploy.doctor.Host;
import io.halfsecond.deploy.doctor.HostChecks;
import io.halfsecond.deploy.doctor.PrometheusChecks;
import io.halfsecond.deploy.doctor.TopologyChecks;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check what this host, Kafka, the topology and Prometheus have and lack for Halfsecond, and"
          + " say what to do.",
      "Starts a short process and sees whether the kernel tells of its exit. Writes one record to"
          + " Kafka, a schema as every process does at its start.",
      "Finds ssh servers that are not watched by connecting once to each TCP port that another"
          + " program listens on; it sends nothing and leaves at once. It connects to the watched"
          + " sshd likewise, to see whether its log tells of that."
    },
    exitCodeList = {"0:no check failed; there may be warnings", "1:a check failed"},
    footer = {
      "  halfsecond doctor --bootstrap-servers kafka-1:9092",
      "  halfsecond doctor topology prometheus --prometheus http://prometheus:9090"
    })
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings around;
  private final Set<Part> possible;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(
      names = "--no-connect",
      description =
          "Connect to no port: other ssh servers are then found by their names only, and the log is"
              + " not tried.")
  private boolean noConnect;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      converter = RoleName.class,
      completionCandidates = RoleNames.class,
      description =
          "Whose rights in Kafka to check: collector, topology, reader, auditor, decider or"
              + " administrator. Default: the role of which this user lacks least.")
  private Optional<ClusterRole> role = Optional.empty();

  @Option(
      names = "--json",
      description = "Print one JSON object per line: part, level, what, why, remedy.")
  private boolean json;

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      converter = HttpUrl.class,
      description = "Where Prometheus is. Default: ${DEFAULT-VALUE}.",
      defaultValue = "http://127.0.0.1:9090")
  private URI prometheus = URI.create("");

  @Parameters(
      paramLabel = "PART",
      arity = "0..*",
      converter = PartName.class,
      completionCandidates = PartNames.class,
      description =
          "What to check: host, kafka, topology, prometheus. Default: what a collector needs, host"
              + " and kafka.")
  private List<Part> parts = List.of(Part.HOST, Part.KAFKA);

  /// What can be checked.
  enum Part {
    HOST,
    KAFKA,
    TOPOLOGY,
    PROMETHEUS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The address of a web server.
  static final class HttpUrl implements ITypeConverter<URI> {
    @Override
    public URI convert(String text) {
      try {
        var url = new URI(text);
        if (url.getHost() != null
            && List.of("http", "https").contains(Optional.ofNullable(url.getScheme()).orElse(""))) {
          return url;
        }
      } catch (URISyntaxException _) {
        // As one without a host.
      }
      throw new TypeConversionException(
          "'" + text + "' is not a URL such as http://prometheus:9090");
    }
  }

  /// A part by its name in lower case.
  static final class PartName implements ITypeConverter<Part> {
    @Override
    public Part convert(String text) {
      return Arrays.stream(Part.values())
          .filter(part -> part.toString().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is not one of host, kafka, topology, prometheus"));
    }
  }

  /// A role by its name in lower case.
  static final class RoleName implements ITypeConverter<ClusterRole> {
    @Override
    public ClusterRole convert(String text) {
      return MissingRights.roles().stream()
          .filter(role -> role.word().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is not one of %s".formatted(text, String.join(", ", new RoleNames()))));
    }
  }

  /// What a shell completes.
  static final class RoleNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return MissingRights.roles().stream().map(ClusterRole::word).iterator();
    }
  }

  /// What a shell completes.
  static final class PartNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Part.values()).map(Part::toString).iterator();
    }
  }

  /// @param possible what this distribution can check
  DoctorCommand(Surroundings around, Set<Part> possible) {
    this.around = around;
    this.possible = possible;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.onlyErrorsOfKafka();
    Logging.onlyWarningsOfCollector();
    if (!possible.containsAll(parts)) {
      throw new ParameterException(
          spec.commandLine(),
          "this is the collector's own distribution: check %s with halfsecond doctor of the full one"
              .formatted(
                  parts.stream()
                      .filter(part -> !possible.contains(part))
                      .map(Part::toString)
                      .collect(Collectors.joining(" and "))));
    }
    var configuration = options.load(around.environment());
    boolean failed = false;
    for (var part : new TreeSet<>(parts)) {
      for (var finding : check(part, configuration)) {
        around.out().println(json ? finding.json(part.toString()) : finding.text());
        failed |= finding.level() == Finding.Level.FAIL;
      }
    }
    return failed ? ExitStatus.FINDING_OR_FAILURE : ExitStatus.DONE;
  }

  private List<Finding> check(Part part, Configuration configuration) throws InterruptedException {
    return switch (part) {
      case HOST -> new HostChecks(Host.here(), configuration, !noConnect).run();
      case KAFKA -> ClusterChecks.run(configuration, role);
      case TOPOLOGY -> TopologyChecks.run(configuration);
      case PROMETHEUS -> new PrometheusChecks(prometheus).run();
    };
  }
}
