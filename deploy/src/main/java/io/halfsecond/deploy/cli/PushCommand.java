package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.service.PushConfiguration;
import io.halfsecond.deploy.service.PushService;
import io.halfsecond.deploy.service.ServiceManager;
import io.halfsecond.deploy.service.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = {
      "Send alerts to Alertmanager and to a webhook, until stopped.",
      "Alertmanager gets what is open, as Prometheus' rules would send it; a webhook gets each step"
          + " once, signed. See push.* in halfsecond config."
    },
    exitCodeList = {"0:stopped by a signal", "1:Kafka refuses, or the address is in use"},
    footer =
        "  halfsecond push --bootstrap-servers kafka-1:9092 --set"
            + " push.alertmanager=http://127.0.0.1:9093")
final class PushCommand implements Callable<Integer>, InRole {
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(500);

  private final Surroundings around;

  @Mixin private KafkaOptions options = new KafkaOptions();

  PushCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public ClusterRole role() {
    return ClusterRole.READER;
  }

  @Override
  public KafkaOptions kafka() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    var configuration = options.load(around.environment());
    var manager = ServiceManager.of(around.environment());
    var failure = Optional.<String>empty();
    try (var push =
        PushService.start(
            configuration, PushConfiguration.of(configuration), Settings.pushHttp(configuration))) {
      around.err().printf("pushing; metrics at %s/metrics%n", push.url());
      manager.look(push.troubles());
      while (failure.isEmpty() && !around.stop().await(BETWEEN_CHECKS)) {
        failure = push.failure();
        manager.look(push.troubles());
      }
      manager.stopping();
    }
    failure.ifPresent(why -> around.err().println("halfsecond push: " + why));
    return failure.isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }
}
