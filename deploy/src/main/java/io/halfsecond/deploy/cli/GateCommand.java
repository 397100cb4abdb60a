package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.api.ApiClient;
import io.halfsecond.deploy.api.ApiException;
import io.halfsecond.deploy.api.ApiJson;
import io.halfsecond.deploy.api.FleetAnswer;
import io.halfsecond.deploy.api.GateQuery;
import io.halfsecond.deploy.api.GateReport;
import io.halfsecond.deploy.api.GateReport.Verdict;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.fleet.GateText;
import io.halfsecond.schemas.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "gate",
    mixinStandardHelpOptions = true,
    description = {
      "Say whether it is safe to go on with a rollout: compare logins on hosts that got a change in"
          + " the last week with logins before it, and with hosts of their cohort without it.",
      "It answers slower, no slower than --within, or not known yet and what it takes. The answer"
          + " holds however often it is asked."
    },
    exitCodeList = {
      "0:no slower: that was shown",
      "1:slower",
      "3:not known yet, or the topology does not answer"
    },
    footer = {
      "  halfsecond gate --package liblzma5=5.6.1-1",
      "  halfsecond gate --sshd-config any --cohort debian-12-x86_64 --within 2ms --wait 2h",
      "  halfsecond gate --hosts canaries.txt --signals startup,cpu-startup --json"
    })
final class GateCommand implements Callable<Integer> {
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(15);

  private final Surroundings around;

  @Mixin private ApiOptions options = new ApiOptions();

  /// The change.
  static final class Change {
    @Option(
        names = "--package",
        paramLabel = "NAME[=VERSION]",
        description = "Hosts that got files of this package.")
    private Optional<String> packageName = Optional.empty();

    @Option(
        names = "--object",
        paramLabel = "NAME[=SHA256]",
        description =
            "Hosts that got another content of this file of sshd: its name without directory and"
                + " version, such as liblzma.")
    private Optional<String> object = Optional.empty();

    @Option(
        names = "--sshd-config",
        paramLabel = "SHA256",
        description = "Hosts that got this configuration of sshd; any for any other one.")
    private Optional<String> configuration = Optional.empty();

    @Option(
        names = "--kernel",
        paramLabel = "RELEASE",
        description = "Hosts that got this kernel; any for any other one.")
    private Optional<String> kernel = Optional.empty();

    @Option(
        names = "--hosts",
        paramLabel = "FILE",
        description = "These hosts, whatever changed on them: one name per line, 500 at most.")
    private Optional<Path> hosts = Optional.empty();
  }

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private Change change;

  @Option(names = "--cohort", paramLabel = "COHORT", description = "Only hosts of this cohort.")
  private Optional<String> cohort = Optional.empty();

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description = "A slowdown up to this does not matter. Default: 5ms.")
  private String within = "5ms";

  @Option(
      names = "--confidence",
      paramLabel = "PERCENT",
      description = "How sure either answer must be. Default: 99%%.")
  private String confidence = "99%";

  @Option(
      names = "--signals",
      paramLabel = "SIGNAL",
      split = ",",
      description = "Only these signals. Default: all that are times.")
  private List<String> signals = List.of();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = SimulateCommand.Length.class,
      description = "Ask again until the answer is known, for so long at most, such as 2h.")
  private Optional<Duration> wait = Optional.empty();

  @Option(names = "--json", description = "Print the answer of the API.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  GateCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var query = query();
    var client = options.client(around);
    long end = System.nanoTime() + wait.orElse(Duration.ZERO).toNanos();
    var answer = ask(client, query);
    while (answer.filter(known -> !isOpen(known)).isEmpty()
        && System.nanoTime() < end
        && !around.stop().await(BETWEEN_QUESTIONS)) {
      answer = ask(client, query);
    }
    return answer.map(this::print).orElse(ExitStatus.UNDECIDED);
  }

  /// Empty if the topology does not answer, as while it is restarted.
  ///
  /// @throws ConfigurationException if asking again would not help
  private Optional<FleetAnswer<GateReport>> ask(ApiClient client, GateQuery query)
      throws InterruptedException {
    try {
      return Optional.of(client.gate(query));
    } catch (ApiException e) {
      if (!e.mayPass()) {
        throw new ConfigurationException(List.of(String.valueOf(e.getMessage())));
      }
      around.err().println("halfsecond gate: " + Printable.lines(String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private int print(FleetAnswer<GateReport> answer) {
    if (json) {
      around.out().println(ApiJson.text(answer));
    } else {
      GateText.lines(answer.result()).forEach(around.out()::println);
    }
    int complete = ApiOptions.complete(answer, around);
    return switch (answer.result().verdict()) {
      case SLOWER -> ExitStatus.FINDING_OR_FAILURE;
      // A host that did not answer may be the slow one.
      case NO_SLOWER -> complete == ExitStatus.DONE ? ExitStatus.DONE : ExitStatus.UNDECIDED;
      case NOT_KNOWN_YET -> ExitStatus.UNDECIDED;
    };
  }

  private static boolean isOpen(FleetAnswer<GateReport> answer) {
    return answer.result().verdict() == Verdict.NOT_KNOWN_YET
        || (answer.result().verdict() == Verdict.NO_SLOWER && !answer.incomplete().isEmpty());
  }

  private GateQuery query() throws IOException {
    List<String> hosts = change.hosts.isEmpty() ? List.of() : HostNames.read(change.hosts.get());
    if (change.hosts.isPresent() && (hosts.isEmpty() || hosts.size() > 500)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s names %d hosts, and must name 1 to 500".formatted(change.hosts.get(), hosts.size()));
    }
    try {
      return new GateQuery(
          change.packageName,
          change.object,
          change.configuration,
          change.kernel,
          hosts,
          cohort,
          GateQuery.within(within),
          GateQuery.confidence(confidence),
          signals);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
