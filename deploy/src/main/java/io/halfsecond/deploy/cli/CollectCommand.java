package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.service.CollectorService;
import io.halfsecond.deploy.service.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "collect", mixinStandardHelpOptions = true,
  description = "Measures this host's sshd and sends what it sees to Kafka, until it is stopped.",
  footerHeading = "%nExample:%n", footer = "  halfsecond collect --bootstrap-servers kafka-1:9092,kafka-2:9092")
final class CollectCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin
  private ConfigurationOptions options = new ConfigurationOptions();

  CollectCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    var configuration = options.load(around.environment());
    try (var collector = CollectorService.start(Settings.collector(configuration), configuration.get(
      Catalogue.COLLECTOR_HTTP))) {
      around.err().println("collecting; metrics at " + collector.url() + "/metrics");
      around.stop().await();
    }
    return ExitStatus.DONE;
  }
}
