package io.halfsecond.deploy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    description = "Measure this host's sshd and send the measurements to Kafka, until stopped.",
    exitCodeList = {"0:stopped by a signal", "1:a part failed for good, or no source can run here"},
    footer = "  halfsecond collect --bootstrap-servers kafka-1:9092,kafka-2:9092")
final class CollectCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  CollectCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    return Collecting.run(
        options.load(around.environment()), around.environment(), around.err(), around.stop());
  }
}
