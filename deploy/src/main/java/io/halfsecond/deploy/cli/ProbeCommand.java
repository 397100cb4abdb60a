package io.halfsecond.deploy.cli;

import io.halfsecond.collector.linux.HostCommand;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.probe.Probe;
import io.halfsecond.collector.probe.SshProbe;
import io.halfsecond.collector.selftest.SelfTest;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.source.probe.ProbeAnnouncer;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdProgramSearch;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.probe.Pace;
import io.halfsecond.deploy.probe.ProbeJson;
import io.halfsecond.deploy.probe.ProbeSummary;
import io.halfsecond.deploy.probe.ProbeText;
import io.halfsecond.deploy.terminal.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    description = {
      "Time sshd's answers to a login that must fail: banner, key exchange, refusal.",
      "Logs in as a user who does not exist. If the server is this host, also runs the self-test:"
          + " sshd's programs, harmlessly, as a service and in environments in which a payload"
          + " would sleep. OpenSSH from 9.8 on penalises refused users; such a server is probed"
          + " every 6 s.",
      "As root on a host with a collector, that collector keeps these connections apart from"
          + " logins."
    },
    exitCodeList = {
      "0:every user was refused, and nothing was found",
      "1:a finding, or a probe that did not end with a refusal"
    },
    footer = {
      "  halfsecond probe                    this host, with the self-test",
      "  halfsecond probe web-17 --count 20",
      "  halfsecond probe [2001:db8::7]:2222 --json"
    })
final class ProbeCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MOST_PROBES = 1_000;

  /// A name or an IPv4 address, or an IPv6 address in brackets; and a port.
  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[(?<six>[^\\]]+)\\]|(?<name>[^:]+)):(?<port>\\d{1,5})");

  private final Surroundings around;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST[:PORT]",
      defaultValue = "localhost",
      description = "Server to probe. Default: ${DEFAULT-VALUE}, port 22.")
  private String host = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of probes. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions();

  @Option(names = "--no-self-test", description = "Skip the self-test.")
  private boolean noSelfTest;

  @Option(names = "--json", description = "Print one JSON object instead of tables.")
  private boolean json;

  ProbeCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    if (count < 1 || count > MOST_PROBES) {
      throw new ParameterException(
          spec.commandLine(), "--count must be 1 to %d, not %d".formatted(MOST_PROBES, count));
    }
    var target = target();
    var stateDirectory = options.load(around.environment()).get(Catalogue.COLLECTOR_STATE);
    var progress = new Progress(around.err(), around.errTerminal());
    var summary =
        ProbeSummary.of(
            "%s, port %d".formatted(target.getHostString(), target.getPort()),
            probe(target, stateDirectory, progress));
    var selfTest =
        noSelfTest || around.stop().requested() || !isThisHost(target.getAddress())
            ? List.<SelfTestResult>of()
            : selfTest(target.getPort(), progress);
    progress.clear();
    if (json) {
      around.out().println(ProbeJson.of(summary, selfTest));
    } else {
      ProbeText.of(summary, !selfTest.isEmpty()).forEach(around.out()::println);
      if (!selfTest.isEmpty()) {
        around.out().println();
        ProbeText.of(selfTest).forEach(around.out()::println);
      }
    }
    boolean finding =
        !summary.complete()
            || summary.finding()
            || selfTest.stream().anyMatch(SelfTestResult::differs);
    return finding ? ExitStatus.FINDING_OR_FAILURE : ExitStatus.DONE;
  }

  /// Announces the probes to the collector of this host, if there is one and this user may.
  ///
  /// @return at least one
  private List<Probe> probe(InetSocketAddress target, Path stateDirectory, Progress progress)
      throws IOException, InterruptedException {
    if (!isThisHost(target.getAddress())) {
      return probe(target, new SshProbe(LIMIT)::probe, progress);
    }
    var announcer = ProbeAnnouncer.connect(stateDirectory);
    if (announcer.isEmpty()) {
      return probe(target, new SshProbe(LIMIT)::probe, progress);
    }
    try (var announced = announcer.get()) {
      var client = new SshProbe(LIMIT);
      return probe(
          target,
          server -> {
            var probe = client.probe(server, announced);
            announced.ended();
            return probe;
          },
          progress);
    }
  }

  private List<Probe> probe(
      InetSocketAddress target, Function<InetSocketAddress, Probe> client, Progress progress)
      throws InterruptedException {
    progress.update("first probe, slower because the client starts");
    var first = client.apply(target);
    if (isLast(first)) {
      return List.of(first);
    }
    // The times of the first probe include the client's own start: it counts only if it is alone.
    var probes = new ArrayList<Probe>();
    do {
      progress.update("probe %d of %d".formatted(probes.size() + 1, count));
      probes.add(client.apply(target));
    } while (probes.size() < count && !isLast(probes.getLast()));
    return probes;
  }

  /// Waits until the next probe may start, unless this was the last one.
  private boolean isLast(Probe probe) throws InterruptedException {
    return switch (probe.outcome()) {
      // Another probe would not get further.
      case THROTTLED, NOT_SSH, UNREACHABLE -> true;
      case REFUSED, ACCEPTED, TIMED_OUT, CLOSED, FAILED, UNKNOWN ->
          around.stop().await(Pace.after(probe.server()));
    };
  }

  /// Of the sshds that listen on that port, where that can be seen.
  private List<SelfTestResult> selfTest(int port, Progress progress)
      throws IOException, InterruptedException {
    var listeners = new SshdListeners(Proc.ROOT, "");
    var programs =
        new SshdProgramSearch(listeners, new HostCommand(new ReentrantLock()))
            .of(listeners.watched(port));
    if (!programs.ofListeners()) {
      progress.say("no listening sshd found: the self-test runs the one in the usual directories");
    }
    var results = new ArrayList<SelfTestResult>();
    var test = new SelfTest(listeners.environment(), Duration.ZERO, System.nanoTime());
    for (var trial : SelfTest.trials(programs.paths())) {
      results.addAll(
          test.run(
              trial,
              (runs, of) ->
                  progress.update("self-test of %s: run %d of %d".formatted(trial, runs, of))));
    }
    return results;
  }

  private InetSocketAddress target() {
    var matcher = WITH_PORT.matcher(host);
    if (!matcher.matches()) {
      return resolve(host, SshdListeners.SSH_PORT);
    }
    int port = Integer.parseInt(matcher.group("port"));
    if (port < 1 || port > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "'%s' has no port from 1 to 65535".formatted(host));
    }
    var six = matcher.group("six");
    return resolve(six == null ? matcher.group("name") : six, port);
  }

  private InetSocketAddress resolve(String name, int port) {
    var resolved = new InetSocketAddress(name, port);
    if (resolved.isUnresolved()) {
      throw new ParameterException(
          spec.commandLine(), "host '%s' cannot be resolved".formatted(name));
    }
    return resolved;
  }

  private static boolean isThisHost(InetAddress address) throws IOException {
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }
}
