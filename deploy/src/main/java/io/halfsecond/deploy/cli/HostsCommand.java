package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.api.ApiJson;
import io.halfsecond.deploy.fleet.HostText;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "hosts",
    mixinStandardHelpOptions = true,
    description =
        "List the hosts that the topology knows, those with most evidence of a shift first: an"
            + " alert opens at 100 %%.",
    exitCodeList = {"0:done", "1:the topology does not answer, or not for all hosts"},
    footer = {
      "  halfsecond hosts",
      "  halfsecond hosts --cohort debian-12-x86_64 --json | jq -r '.result[].host'"
    })
final class HostsCommand implements Callable<Integer> {
  private final Surroundings around;

  @Mixin private ApiOptions options = new ApiOptions();

  @Option(names = "--cohort", paramLabel = "COHORT", description = "Only hosts of this cohort.")
  private Optional<String> cohort = Optional.empty();

  @Option(names = "--json", description = "Print the answer of the API.")
  private boolean json;

  HostsCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws InterruptedException {
    var answer = options.client(around).hosts(cohort);
    if (json) {
      around.out().println(ApiJson.text(answer));
    } else {
      HostText.hosts(answer.result(), Instant.now()).forEach(around.out()::println);
    }
    return ApiOptions.complete(answer, around);
  }
}
