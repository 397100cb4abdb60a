package io.halfsecond.deploy.http;

import java.util.Optional;

/// A page that is always the same, for all hosts and for the host `web-17`.
public record FixedPage(String text, String contentSecurityPolicy) implements OpsServer.Page {
  @Override
  public Optional<String> html(Optional<String> host) {
    return host.isEmpty() || host.get().equals("web-17") ? Optional.of(text) : Optional.empty();
  }
}
