package io.halfsecond.deploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.deploy.broker.MissingRights;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `halfsecond` command. Exits with 0 when done, 1 on a finding or failure, 2 on wrong usage;
/// on SIGINT and SIGTERM it first ends what runs, in order.
@Command(
    name = "halfsecond",
    mixinStandardHelpOptions = true,
    versionProvider = Halfsecond.Version.class,
    description =
        "Detect that sshd has become slower or uses more CPU than before, and report by how much,"
            + " since when, and what changed.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeList = {"0:done", "1:a finding or a failure"},
    footer = {
      "  halfsecond demo                 a demonstration on this machine, in two minutes",
      "  halfsecond doctor               what this host has and lacks",
      "  halfsecond COMMAND --help       options and examples of a command"
    })
public final class Halfsecond implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
  private CommandSpec spec;

  public static void main(String[] args) {
    run(Halfsecond::commandLine, args);
  }

  /// Runs the process with one of the sets of commands.
  static void run(Function<Surroundings, CommandLine> commands, String... args) {
    boolean terminal = standardOutputIsATerminal();
    CommandProcess.run(
        (out, err, stop) ->
            commands
                .apply(
                    new Surroundings(
                        out, err, terminal, standardErrorIsATerminal(), System.getenv(), stop))
                .execute(args));
  }

  /// Runs one command line.
  ///
  /// @return the exit status
  static int execute(Surroundings surroundings, String... args) {
    return commandLine(surroundings).execute(args);
  }

  /// All commands, of this distribution and of the collector's own, to describe them: for
  /// completion and the manual.
  public static List<CommandLine> commandLines() {
    var nowhere =
        new Surroundings(
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8),
            false,
            Map.of(),
            new Stop());
    return List.of(commandLine(nowhere), HostCommands.commandLine(nowhere));
  }

  static CommandLine commandLine(Surroundings around) {
    var topics =
        new CommandLine(new TopicsCommand())
            .addSubcommand(new TopicsCommand.Plan(around))
            .addSubcommand(new TopicsCommand.Apply(around))
            .addSubcommand(new TopicsCopyCommand(around));
    var simulate =
        new CommandLine(new SimulateCommand(around))
            .addSubcommand(new SimulateVerifyCommand(around));
    var halfsecond =
        new CommandLine(new Halfsecond())
            .addSubcommand(new DemoCommand(around))
            .addSubcommand(new UpCommand(around))
            .addSubcommand(new CollectCommand(around))
            .addSubcommand(new StreamCommand(around))
            .addSubcommand(new AlertsCommand(around))
            .addSubcommand(new HostsCommand(around))
            .addSubcommand(new BaselinesCommand(around))
            .addSubcommand(new WhereCommand(around))
            .addSubcommand(new GateCommand(around))
            .addSubcommand(new PushCommand(around))
            .addSubcommand(new SessionsCommand(around))
            .addSubcommand(new AckCommand(around))
            .addSubcommand(new ReplayCommand(around))
            .addSubcommand(new ProbeCommand(around))
            .addSubcommand(new FingerprintCommand(around))
            .addSubcommand(new SpoolCommand(around))
            .addSubcommand(topics)
            .addSubcommand(simulate)
            .addSubcommand(new EnrollCommand(around))
            .addSubcommand(new DoctorCommand(around, EnumSet.allOf(DoctorCommand.Part.class)))
            .addSubcommand(new ConfigCommand(around));
    return prepare(halfsecond, around);
  }

  /// What every set of commands has.
  static CommandLine prepare(CommandLine commands, Surroundings around) {
    commands
        .setOut(around.out())
        .setErr(around.err())
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, _) -> misused(e))
        .setExecutionExceptionHandler((e, line, _) -> explain(e, line, around));
    describe(commands);
    return commands;
  }

  /// Says what is wrong and where the help is. Who names no command gets the list of them.
  private static int misused(ParameterException e) {
    var line = e.getCommandLine();
    line.getErr().println(e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
      if (line.getSubcommands().isEmpty()) {
        line.getErr().println("See " + line.getCommandSpec().qualifiedName() + " --help");
      } else {
        line.usage(line.getErr());
      }
    }
    return ExitStatus.USAGE;
  }

  /// What the help of every command has.
  private static void describe(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    var statuses = new LinkedHashMap<>(usage.exitCodeList());
    statuses.put("2", "wrong usage or configuration");
    usage
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(statuses)
        .footerHeading("%nExample:%n");
    command.getSubcommands().values().forEach(Halfsecond::describe);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "missing command");
  }

  @SuppressWarnings("SystemConsoleNull") // null is still possible by the method's contract
  private static boolean standardOutputIsATerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  /// Java's console does not cover standard error, which is a terminal in `halfsecond replay … |
  /// less` too.
  private static boolean standardErrorIsATerminal() {
    try {
      var open = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return open.startsWith("/dev/pts/")
          || open.startsWith("/dev/tty")
          || open.equals("/dev/console");
    } catch (IOException _) {
      return standardOutputIsATerminal();
    }
  }

  private static int explain(Exception e, CommandLine line, Surroundings around) throws Exception {
    if (e instanceof ParameterException) {
      throw e;
    }
    if (!(e instanceof ConfigurationException)) {
      LoggerFactory.getLogger(Halfsecond.class).debug("{} failed", line.getCommandName(), e);
    }
    var command = line.getCommandSpec().qualifiedName();
    var missing =
        line.getCommand() instanceof InRole inRole
            ? inRole.missing(e, around.environment())
            : Optional.<MissingRights>empty();
    if (missing.isPresent()) {
      line.getErr()
          .println("%s: %s; %s".formatted(command, missing.get().what(), missing.get().remedy()));
      return ExitStatus.FINDING_OR_FAILURE;
    }
    return Explanation.print(e, command, line.getErr());
  }

  /// The version in the manifest.
  static final class Version implements IVersionProvider {
    static String name() {
      return Optional.ofNullable(Halfsecond.class.getPackage().getImplementationVersion())
          .orElse("development");
    }

    @Override
    public String[] getVersion() {
      return new String[] {"halfsecond " + name(), "Java " + Runtime.version()};
    }
  }
}
