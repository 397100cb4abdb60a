package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.cli.DoctorCommand.Part;
import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The commands of the collector's own distribution: what a person does on a host.
@Command(
    name = "halfsecond-collector",
    mixinStandardHelpOptions = true,
    versionProvider = Halfsecond.Version.class,
    description = "Measure this host's sshd, and see what is measured and sent.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeList = {"0:done", "1:a finding or a failure"},
    footer = {
      "  halfsecond-collector doctor     what this host has and lacks, and whether Kafka answers",
      "  halfsecond-collector spool      what waits for Kafka",
      "  halfsecond-collector probe      how fast sshd answers"
    })
final class HostCommands implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
  private CommandSpec spec;

  static void main(String[] args) {
    Halfsecond.run(HostCommands::commandLine, args);
  }

  static CommandLine commandLine(Surroundings around) {
    var commands =
        new CommandLine(new HostCommands())
            .addSubcommand(new CollectCommand(around))
            .addSubcommand(new DoctorCommand(around, Set.of(Part.HOST, Part.KAFKA)))
            .addSubcommand(new ProbeCommand(around))
            .addSubcommand(new SpoolCommand(around))
            .addSubcommand(new ConfigCommand(around));
    commands.getSubcommands().values().forEach(HostCommands::rename);
    return Halfsecond.prepare(commands, around);
  }

  /// Examples call the command as it is called here.
  private static void rename(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    usage.footer(
        Arrays.stream(usage.footer())
            .map(line -> line.replaceFirst("^ +(sudo )?halfsecond\\b", "$0-collector"))
            .toArray(String[]::new));
    command.getSubcommands().values().forEach(HostCommands::rename);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "missing command");
  }
}
