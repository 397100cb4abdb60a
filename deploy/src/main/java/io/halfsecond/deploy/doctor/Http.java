package io.halfsecond.deploy.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Asks an HTTP server one question, for five seconds at most.
final class Http {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  record Answer(int status, String body) {}

  private Http() {}

  static Answer get(URI uri) throws IOException, InterruptedException {
    try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      var response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    }
  }
}
