package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `halfsecond collect` of the collector's own distribution, without picocli, whose classes the AOT
/// cache cannot hold.
///
/// Takes the options of [CollectCommand]: `--config`, `--set` and `--bootstrap-servers`.
final class CollectMain {
  private static final String USAGE =
      """
      Usage: halfsecond collect [-c FILE] [-b HOST:PORT] [-s KEY=VALUE]...
      Measure this host's sshd and send the measurements to Kafka, until stopped.
        -c, --config FILE                  configuration file (YAML)
        -b, --bootstrap-servers HOST:PORT  Kafka's brokers, several separated by commas
        -s, --set KEY=VALUE                set one key, overriding file and environment
      Other commands, such as doctor: halfsecond-collector --help\
      """;

  /// A command line.
  ///
  /// @param set values by key
  record Arguments(Optional<Path> file, Map<String, String> set) {
    /// @throws IllegalArgumentException if they are not the collector's; the message says what is
    ///   wrong
    static Arguments of(List<String> words) {
      var left = new ArrayDeque<>(words);
      if (!"collect".equals(left.poll())) {
        throw new IllegalArgumentException("the only command is collect");
      }
      Optional<Path> file = Optional.empty();
      var set = new LinkedHashMap<String, String>();
      while (!left.isEmpty()) {
        var word = left.poll();
        int equals = word.startsWith("-") ? word.indexOf('=') : -1;
        var option = equals < 0 ? word : word.substring(0, equals);
        switch (option) {
          case "-c", "--config" -> file = Optional.of(Path.of(value(option, word, equals, left)));
          case "-b", "--bootstrap-servers" ->
              set.put(Catalogue.BOOTSTRAP_SERVERS.name(), value(option, word, equals, left));
          case "-s", "--set" -> {
            var pair = value(option, word, equals, left).split("=", 2);
            if (pair.length < 2) {
              throw new IllegalArgumentException(option + ": KEY=VALUE is expected");
            }
            set.put(pair[0], pair[1]);
          }
          default -> throw new IllegalArgumentException("unknown option: " + word);
        }
      }
      return new Arguments(file, set);
    }

    private static String value(
        String option, String word, int equals, ArrayDeque<String> following) {
      var value = equals < 0 ? following.poll() : word.substring(equals + 1);
      if (value == null) {
        throw new IllegalArgumentException(option + ": a value is missing");
      }
      return value;
    }
  }

  private CollectMain() {}

  static void main(String[] args) {
    CommandProcess.run((out, err, stop) -> execute(List.of(args), System.getenv(), out, err, stop));
  }

  /// @return the exit status
  static int execute(
      List<String> args,
      Map<String, String> environment,
      PrintWriter out,
      PrintWriter err,
      Stop stop) {
    if (args.contains("-h") || args.contains("--help")) {
      out.println(USAGE);
      return ExitStatus.DONE;
    }
    Arguments arguments;
    try {
      arguments = Arguments.of(args);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(USAGE);
      return ExitStatus.USAGE;
    }
    try {
      var configuration =
          Configuration.load(
              Configuration.file(arguments.file(), environment), environment, arguments.set());
      configuration.warnings().forEach(warning -> err.println("halfsecond collect: " + warning));
      return Collecting.run(configuration, environment, err, stop);
    } catch (InterruptedException | IOException | RuntimeException e) {
      return Explanation.print(e, "halfsecond collect", err);
    }
  }
}
