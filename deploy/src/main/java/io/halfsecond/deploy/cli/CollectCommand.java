package io.halfsecond.deploy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "collect", mixinStandardHelpOptions = true, footerHeading = "%nExample:%n", footer = "  halfsecond collect")
final class CollectCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions();

  CollectCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    options.load(around.environment());
    return ExitStatus.DONE;
  }
}
