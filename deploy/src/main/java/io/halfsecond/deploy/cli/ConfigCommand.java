package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description =
        "List every configuration key with its default, meaning, allowed values and variable.",
    exitCodeList = {"0:done"},
    footer = "  halfsecond config | grep -A3 detector")
final class ConfigCommand implements Callable<Integer> {
  private final Surroundings around;

  ConfigCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
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
    return ExitStatus.DONE;
  }
}
