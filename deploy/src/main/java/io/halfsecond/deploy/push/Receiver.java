package io.halfsecond.deploy.push;

import io.halfsecond.deploy.terminal.Causes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Posts JSON to an address. No redirect is followed: what it leads to was not configured.
public final class Receiver implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /// Standard Webhooks recommends 15 to 30 s.
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private final URI uri;
  private final Optional<String> authorization;
  private final HttpClient client;

  /// @param authorization value of the header
  /// @param tls whom to trust; empty for the authorities of Java
  public Receiver(URI uri, Optional<String> authorization, Optional<SSLContext> tls) {
    this.uri = uri;
    this.authorization = authorization;
    var builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /// What can be shown of an address that may hold a secret.
  public static String hostAndPort(URI uri) {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  public Outcome post(String json, Map<String, String> headers) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json));
    headers.forEach(request::header);
    authorization.ifPresent(value -> request.header("Authorization", value));
    try {
      var response = client.send(request.build(), BodyHandlers.discarding());
      return Outcome.of(
          response.statusCode(), response.headers().firstValue("Retry-After"), Instant.now());
    } catch (IOException e) {
      return new Outcome.Failed(Causes.reason(e), Optional.empty());
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
