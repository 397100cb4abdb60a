package io.halfsecond.deploy.config;

import java.util.ArrayList;
import java.util.List;

/// All configuration keys as a page of the documentation: `docs/configuration.md`.
public final class ConfigurationReference {
  private ConfigurationReference() {}

  /// Its lines.
  public static List<String> markdown() {
    var lines =
        new ArrayList<>(
            """
            # Configuration

            Every key, as `halfsecond config` prints it. [Operate](operate.md#configure) says where keys are set. The variable of a
            key is its name in upper case with underscores, after `HALFSECOND_`. This page is made by `halfsecond config --markdown`.

            | key | default | allowed | meaning |
            |---|---|---|---|
            """
                .lines()
                .toList());
    for (var key : Catalogue.all()) {
      lines.add(
          "| `%s` |%s | %s | %s |"
              .formatted(
                  key.name(),
                  key.fallback().isEmpty() ? "" : " `" + key.fallback() + "`",
                  key.allowed(),
                  key.doc()));
    }
    lines.add(
        "| `kafka.NAME` | | of the setting's type | any setting of Kafka's clients under its own"
            + " name, such as `kafka.security.protocol` |");
    lines.add(
        "| `kafka.NAME-file` | | a path | a file that holds the value of that setting: keeps"
            + " secrets out of the configuration |");
    return lines;
  }
}
