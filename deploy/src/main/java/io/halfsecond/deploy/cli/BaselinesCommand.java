package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.api.ApiJson;
import io.halfsecond.deploy.fleet.HostText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "baselines",
    mixinStandardHelpOptions = true,
    description = {
      "Print what is normal for a host, by signal and stratum: quantiles of its connections, and"
          + " the evidence that they have shifted since. An alert opens at 100 %%."
    },
    exitCodeList = {"0:done", "1:the topology does not answer, or knows no such host"},
    footer = "  halfsecond baselines web-17")
final class BaselinesCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private ApiOptions options = new ApiOptions();

  @Option(names = "--json", description = "Print the answer of the API.")
  private boolean json;

  @Parameters(paramLabel = "HOST", description = "Name of the host, as in its telemetry.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls call
  private String host;

  BaselinesCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws InterruptedException {
    var baselines = options.client(around).baselines(host);
    if (json) {
      around.out().println(ApiJson.text(baselines));
    } else {
      HostText.baselines(baselines).forEach(around.out()::println);
    }
    around.out().flush();
    return ExitStatus.DONE;
  }
}
