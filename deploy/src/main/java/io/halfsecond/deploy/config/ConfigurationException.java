package io.halfsecond.deploy.config;

import java.util.List;

/// The configuration is invalid. Each problem names its key, where it was set and what is allowed
/// there; the value of a secret is never repeated.
public final class ConfigurationException extends RuntimeException {
  private final transient List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// One line each, in the order found.
  public List<String> problems() {
    return problems;
  }
}
