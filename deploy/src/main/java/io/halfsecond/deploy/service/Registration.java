package io.halfsecond.deploy.service;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.registry.RefusedByRegistryException;
import io.halfsecond.deploy.registry.SchemaRegistry;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.UnreachableRegistryException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// The schema registry that a configuration names.
public final class Registration {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

  private Registration() {}

  /// The topics as readers read them: with the schemas of the registry, too.
  ///
  /// @throws ConfigurationException if the file of its user cannot be used
  static Topics readable(Configuration configuration, Topics topics) {
    return registry(configuration)
        .map(registry -> topics.registered(registry, OptionalInt.empty()))
        .orElse(topics);
  }

  private static Optional<SchemaRegistry> registry(Configuration configuration) {
    var url = configuration.get(Catalogue.REGISTRY_URL);
    try {
      return url.isEmpty()
          ? Optional.empty()
          : Optional.of(SchemaRegistry.of(url.get(), configuration.get(Catalogue.REGISTRY_USER)));
    } catch (IOException e) {
      throw new ConfigurationException(
          List.of(Catalogue.REGISTRY_USER.name() + ": " + e.getMessage()));
    }
  }

  /// The topics as a topology writes them. With a registry, the schema of alerts is registered
  /// first: while that is out of reach, this tries again until it is to stop.
  ///
  /// @param say gets a line when the reason why it waits has changed
  /// @return empty if it was stopped
  /// @throws RefusedByRegistryException if the registry refuses
  public static Optional<Topics> await(
      Configuration configuration, Topics topics, Stop stop, Consumer<String> say)
      throws InterruptedException {
    var registry = registry(configuration);
    if (registry.isEmpty()) {
      return Optional.of(topics);
    }
    String said = "";
    do {
      try {
        int id = registry.get().register(topics.alerts().name() + "-value", Alert.getClassSchema());
        return Optional.of(topics.registered(registry.get(), OptionalInt.of(id)));
      } catch (UnreachableRegistryException e) {
        if (!said.equals(e.getMessage())) {
          said = String.valueOf(e.getMessage());
          say.accept("%s; trying again every %d s".formatted(said, BETWEEN_TRIES.toSeconds()));
        }
      }
    } while (!stop.await(BETWEEN_TRIES));
    return Optional.empty();
  }
}
