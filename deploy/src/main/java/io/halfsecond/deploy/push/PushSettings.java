package io.halfsecond.deploy.push;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Where alerts are pushed to. At least one of the two is there.
///
/// @param tls whom to trust; empty for the authorities of Java
public record PushSettings(
    Optional<Alertmanagers> alertmanagers, Optional<Webhook> webhook, Optional<SSLContext> tls) {

  /// The members of a cluster of Alertmanagers: each gets all.
  ///
  /// @param urls as a browser has them
  /// @param authorization value of the header
  /// @param interval between rounds
  public record Alertmanagers(
      List<URI> urls, Optional<String> authorization, Duration interval, Page.Links links) {
    public Alertmanagers {
      urls = List.copyOf(urls);
    }
  }

  /// @param template of the body; empty for the alert as JSON
  public record Webhook(
      URI url,
      Optional<String> authorization,
      Optional<WebhookSignature> signature,
      Optional<WebhookTemplate> template) {}
}
