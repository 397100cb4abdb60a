package io.halfsecond.deploy.api;

import io.halfsecond.deploy.http.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Asks the other instances of the topology, with the caller's own token: all instances have the
/// same.
final class Peers {
  /// The header of a question that another instance passes on. It is answered without asking
  /// further.
  static final String FORWARDED = "Halfsecond-Forwarded";

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final HttpClient client;
  private final String scheme;

  /// @param trusted of instances that answer over HTTPS; empty for Java's own authorities
  Peers(boolean https, Optional<SSLContext> trusted) {
    this.scheme = https ? "https" : "http";
    this.client = client(trusted);
  }

  static HttpClient client(Optional<SSLContext> trusted) {
    var builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    trusted.ifPresent(builder::sslContext);
    return builder.build();
  }

  /// @param pathAndQuery encoded
  /// @throws IOException if there is no answer
  HttpResponse<String> ask(InetSocketAddress peer, String pathAndQuery, String authorization)
      throws IOException, InterruptedException {
    var uri = URI.create("%s://%s%s".formatted(scheme, HostAndPort.of(peer), pathAndQuery));
    return client.send(
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .header("Authorization", authorization)
            .header(FORWARDED, "true")
            .build(),
        BodyHandlers.ofString());
  }
}
