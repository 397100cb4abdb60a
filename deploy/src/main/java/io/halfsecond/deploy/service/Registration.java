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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The schema registry that a configuration names.
public final class Registration {
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
  /// first.
  ///
  /// @throws UnreachableRegistryException while the registry is out of reach
  /// @throws RefusedByRegistryException if the registry refuses
  public static Topics writable(Configuration configuration, Topics topics) {
    return registry(configuration)
        .map(
            registry ->
                topics.registered(
                    registry,
                    OptionalInt.of(
                        registry.register(
                            topics.alerts().name() + "-value", Alert.getClassSchema()))))
        .orElse(topics);
  }
}
