package io.halfsecond.deploy.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.InterruptException;

/// Asks a Prometheus or an Alertmanager on the loopback address (HTTP APIs v1 and v2).
final class PrometheusApi implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;

  PrometheusApi(int port) {
    this(port, "");
  }

  /// @param prefix of all its paths
  PrometheusApi(int port, String prefix) {
    this.base = "http://127.0.0.1:" + port + prefix;
  }

  /// Whether it answers that it is ready.
  boolean ready() {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /// The text at a path.
  String text(String path) {
    return get(path).body();
  }

  /// The document at a path.
  JsonNode read(String path) {
    HttpResponse<String> response = get(path);
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + response.body(), e);
    }
  }

  /// The result of an instant query, evaluated now: one element per series.
  ///
  /// @throws IllegalArgumentException if Prometheus rejects the query; the message is Prometheus'
  JsonNode query(String promql) {
    JsonNode answer =
        read("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
    if (!answer.path("status").asText().equals("success")) {
      throw new IllegalArgumentException(promql + ": " + answer.path("error").asText());
    }
    return answer.path("data").path("result");
  }

  /// @param body becomes JSON
  /// @throws IllegalArgumentException if it is refused; the message says why
  void post(String path, Object body) {
    try {
      HttpResponse<String> response =
          send(
              request(path)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
      if (response.statusCode() != 200) {
        throw new IllegalArgumentException(path + ": " + response.body());
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private HttpResponse<String> get(String path) {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
