package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.api.ApiClient;
import io.halfsecond.deploy.api.FleetAnswer;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.service.Settings;
import io.halfsecond.schemas.Printable;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of every command that asks the topology.
final class ApiOptions extends ConfigurationOptions {
  @Option(
      names = "--topology",
      paramLabel = "URL",
      description =
          "HTTP server of any instance of the topology. Default: api.url, else"
              + " http://127.0.0.1:9156.")
  private Optional<String> topology = Optional.empty();

  @Override
  Configuration load(Map<String, String> environment) {
    topology.ifPresent(url -> set(Catalogue.API_URL.name(), url));
    return super.load(environment);
  }

  ApiClient client(Surroundings around) {
    return Settings.apiClient(load(around.environment()));
  }

  /// Says what is missing from an answer.
  ///
  /// @return the exit status: an answer that is not complete is a failure
  static int complete(FleetAnswer<?> answer, Surroundings around) {
    around.out().flush();
    answer
        .incomplete()
        .forEach(missing -> around.err().println("missing: " + Printable.of(missing)));
    return answer.incomplete().isEmpty() ? ExitStatus.DONE : ExitStatus.FINDING_OR_FAILURE;
  }
}
