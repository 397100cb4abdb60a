package io.halfsecond.deploy.cli;

import io.halfsecond.deploy.config.Configuration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// The options of every command that reads the configuration.
class ConfigurationOptions {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationOptions.class);

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Configuration file (YAML). Default: $HALFSECOND_CONFIG, else"
              + " /etc/halfsecond/halfsecond.yaml if it exists.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "Set one key, overriding file and environment. See halfsecond config.")
  private Map<String, String> set = new LinkedHashMap<>();

  /// Loads the configuration.
  ///
  /// @throws io.halfsecond.deploy.config.ConfigurationException if anything in it is wrong
  Configuration load(Map<String, String> environment) {
    var configuration = Configuration.load(file(environment), environment, set);
    configuration.warnings().forEach(LOG::warn);
    return configuration;
  }

  /// The file that is read.
  Optional<Path> file(Map<String, String> environment) {
    return Configuration.file(file, environment);
  }

  /// Sets a key for which the command has an option of its own.
  void set(String key, String value) {
    set.put(key, value);
  }
}
