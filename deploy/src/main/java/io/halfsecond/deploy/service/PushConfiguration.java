package io.halfsecond.deploy.service;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.config.ConfigurationException;
import io.halfsecond.deploy.config.Key;
import io.halfsecond.deploy.http.Trust;
import io.halfsecond.deploy.push.Page;
import io.halfsecond.deploy.push.PushSettings;
import io.halfsecond.deploy.push.WebhookSignature;
import io.halfsecond.deploy.push.WebhookTemplate;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads where alerts are pushed to. All problems are reported together.
public final class PushConfiguration {
  /// Reads a file.
  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  private final Configuration configuration;
  private final List<String> problems = new ArrayList<>();

  private PushConfiguration(Configuration configuration) {
    this.configuration = configuration;
  }

  /// @throws ConfigurationException if it names no receiver, or a file cannot be used
  public static PushSettings of(Configuration configuration) {
    return new PushConfiguration(configuration).settings();
  }

  private PushSettings settings() {
    var settings =
        new PushSettings(
            alertmanagers(),
            file(Catalogue.PUSH_WEBHOOK, PushConfiguration::url).map(this::webhook),
            file(Catalogue.PUSH_CA, file -> Trust.of(Optional.of(file)).orElseThrow()));
    if (problems.isEmpty() && settings.alertmanagers().isEmpty() && settings.webhook().isEmpty()) {
      problems.add(
          "push needs a receiver: set %s or %s"
              .formatted(Catalogue.PUSH_ALERTMANAGER.name(), Catalogue.PUSH_WEBHOOK.name()));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return settings;
  }

  private Optional<PushSettings.Alertmanagers> alertmanagers() {
    var seen = new HashSet<URI>();
    configuration.get(Catalogue.PUSH_ALERTMANAGER).stream()
        .filter(url -> !seen.add(canonical(url)))
        .forEach(
            url ->
                problems.add(
                    "%s: %s is there twice; each member of a cluster has an address of its own"
                        .formatted(Catalogue.PUSH_ALERTMANAGER.name(), url)));
    return Optional.of(configuration.get(Catalogue.PUSH_ALERTMANAGER))
        .filter(urls -> !urls.isEmpty())
        .map(
            urls ->
                new PushSettings.Alertmanagers(
                    urls,
                    authorization(Catalogue.PUSH_ALERTMANAGER_CREDENTIALS),
                    configuration.get(Catalogue.PUSH_ALERTMANAGER_INTERVAL),
                    new Page.Links(
                        configuration.get(Catalogue.PUSH_RUNBOOKS).orElse(""),
                        configuration.get(Catalogue.PUSH_DASHBOARDS).orElse(""))));
  }

  /// The same for all ways to write an address (RFC 3986, 6.2.2 and 6.2.3).
  private static URI canonical(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    return URI.create(
            "%s://%s:%d%s/"
                .formatted(
                    url.getScheme(),
                    url.getHost().toLowerCase(Locale.ROOT),
                    port,
                    url.getRawPath().replaceFirst("/$", "")))
        .normalize();
  }

  private PushSettings.Webhook webhook(URI url) {
    return new PushSettings.Webhook(
        url,
        authorization(Catalogue.PUSH_WEBHOOK_CREDENTIALS),
        file(Catalogue.PUSH_WEBHOOK_KEY, WebhookSignature::read),
        file(Catalogue.PUSH_WEBHOOK_TEMPLATE, WebhookTemplate::read));
  }

  private static URI url(Path file) throws IOException {
    try {
      var urls = Catalogue.PUSH_ALERTMANAGER.parse().of(SecretFile.text(file));
      if (urls.size() == 1) {
        return urls.getFirst();
      }
    } catch (RuntimeException _) {
      // The address may be a secret: it is not shown.
    }
    throw new IOException(file + ": must have one address, http:// or https:// and a host");
  }

  private Optional<String> authorization(Key<Optional<Path>> key) {
    return file(key, SecretFile::text)
        .map(
            login ->
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
  }

  private <T> Optional<T> file(Key<Optional<Path>> key, Reading<T> reading) {
    var file = configuration.get(key);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reading.of(file.get()));
    } catch (NoSuchFileException _) {
      problems.add("%s: %s: no such file".formatted(key.name(), file.get()));
    } catch (IOException e) {
      problems.add("%s: %s".formatted(key.name(), e.getMessage()));
    }
    return Optional.empty();
  }
}
