package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of every command that connects to Kafka.
final class KafkaOptions extends ConfigurationOptions {
  @Option(
      names = {"-b", "--bootstrap-servers"},
      paramLabel = "HOST:PORT",
      description =
          "Kafka's brokers, several separated by commas. Default: kafka.bootstrap.servers, else"
              + " 127.0.0.1:9092.")
  private Optional<String> bootstrapServers = Optional.empty();

  @Override
  Configuration load(Map<String, String> environment) {
    bootstrapServers.ifPresent(servers -> set(Catalogue.BOOTSTRAP_SERVERS.name(), servers));
    return super.load(environment);
  }
}
