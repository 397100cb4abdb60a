package io.halfsecond.deploy.api;

import com.sun.net.httpserver.HttpExchange;
import io.halfsecond.deploy.http.Responses;
import java.io.IOException;

/// Why there is no answer, as RFC 9457 has it.
record Problem(String type, String title, int status, String detail) {
  static final String MEDIA_TYPE = "application/problem+json";

  /// Ends the exchange with a problem. Where it passes by itself, the header says so.
  static void send(HttpExchange exchange, int status, String why) throws IOException {
    if (status == 429 || status == 503) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    var title =
        switch (status) {
          case 400 -> "Bad request";
          case 401 -> "Unauthorized";
          case 404 -> "Not found";
          case 405 -> "Method not allowed";
          case 429 -> "Too many requests";
          default -> "Not available now";
        };
    Responses.send(
        exchange, status, MEDIA_TYPE, ApiJson.text(new Problem("about:blank", title, status, why)));
  }
}
