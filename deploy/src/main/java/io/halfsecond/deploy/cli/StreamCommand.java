package io.halfsecond.deploy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "stream", mixinStandardHelpOptions = true, footerHeading = "%nExample:%n", footer = "  halfsecond stream")
final class StreamCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions();

  StreamCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() {
    options.load(around.environment());
    return ExitStatus.DONE;
  }
}
