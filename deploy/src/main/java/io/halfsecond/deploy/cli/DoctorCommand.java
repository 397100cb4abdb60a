package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.doctor.ClusterChecks;
import io.halfsecond.deploy.doctor.Finding;
import io.halfsecond.deploy.doctor.Host;
import io.halfsecond.deploy.doctor.HostChecks;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check what this host has and lacks for Halfsecond, and say what to do.",
      "Finds ssh servers that are not watched by connecting once to each TCP port that another"
          + " program listens on; it sends nothing and leaves at once. It connects to the watched"
          + " sshd likewise, to see whether its log tells of that."
    },
    exitCodeList = {"0:no check failed; there may be warnings", "1:a check failed"},
    footer = "  halfsecond doctor --bootstrap-servers kafka-1:9092")
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  @Option(
      names = "--no-connect",
      description =
          "Connect to no port: other ssh servers are then found by their names only, and the log is"
              + " not tried.")
  private boolean noConnect;

  DoctorCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.onlyErrorsOfKafka();
    var configuration = options.load(around.environment());
    var findings =
        new ArrayList<Finding>(new HostChecks(Host.here(), configuration, !noConnect).run());
    findings.addAll(ClusterChecks.run(configuration));
    findings.forEach(finding -> around.out().println(finding.text()));
    boolean failed = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL);
    return failed ? ExitStatus.FINDING_OR_FAILURE : ExitStatus.DONE;
  }
}
