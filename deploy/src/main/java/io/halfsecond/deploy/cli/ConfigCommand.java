package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.ConfigurationReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = {
      "List every configuration key with its default, meaning, allowed values and variable.",
      "With --check: read the configuration as every command does, and name each problem."
    },
    exitCodeList = {"0:done"},
    footer = {
      "  halfsecond config | grep -A3 detector",
      "  halfsecond config --check --config /etc/halfsecond/halfsecond.yaml"
    })
final class ConfigCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions();

  /// What to do instead of listing the keys.
  static final class Instead {
    @Option(
        names = "--check",
        description = "Check the file, the variables and --set; print what is wrong with them.")
    private boolean check;

    @Option(names = "--markdown", description = "Print the keys as a page of the documentation.")
    private boolean markdown;
  }

  @ArgGroup private Instead instead = new Instead();

  ConfigCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    if (instead.check) {
      options.load(around.environment());
      around
          .out()
          .println(
              options
                  .file(around.environment())
                  .map(file -> file + ": the configuration is valid")
                  .orElse("the configuration is valid; there is no file"));
    } else if (instead.markdown) {
      ConfigurationReference.markdown().forEach(around.out()::println);
    } else {
      list();
    }
    return ExitStatus.DONE;
  }

  private void list() {
    for (var key : Catalogue.all()) {
      around
          .out()
          .printf(
              "%s: %s%n    %s.%n    %s; $%s%n%n",
              key.name(), key.fallback(), key.doc(), key.allowed(), key.variable());
    }
    around
        .out()
        .printf(
            "kafka.NAME, kafka.NAME-file%n    Any setting of Kafka's clients, or a file that holds"
                + " its value.%n");
  }
}
