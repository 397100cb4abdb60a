package io.halfsecond.deploy.http;

import com.sun.net.httpserver.HttpExchange;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// Answers a scrape in the format that the scraper asks for, compressed if it says that it can read
/// that.
///
/// Prometheus' own handler writes a stack trace to the log for each client that leaves early, and
/// another to a client.
final class Scrape {
  /// Each holds its whole answer in memory, which is some 10 MB for the largest fleets.
  private static final int MOST_AT_ONCE = 4;

  private static final int FEW = 2;
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final PrometheusMeterRegistry registry;
  private Optional<Rendered> last = Optional.empty();
  private final ExpositionFormats formats = ExpositionFormats.init();

  /// The server limits their time.
  private final Turnstile answers =
      new Turnstile(MOST_AT_ONCE, Duration.ofDays(1), System::nanoTime);

  Scrape(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  void answer(HttpExchange exchange) throws IOException {
    answers.pass(() -> write(exchange));
  }

  private void write(HttpExchange exchange) throws IOException {
    var form =
        new Form(header(exchange, "Accept"), header(exchange, "Accept-Encoding").contains("gzip"));
    var body = rendered(form);
    try (exchange) {
      var headers = exchange.getResponseHeaders();
      headers.set("Content-Type", form.contentType(formats));
      if (form.compressed) {
        headers.set("Content-Encoding", "gzip");
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  /// One answer is for all that ask within a second, if more than [#FEW] ask at once: a crowd costs
  /// what a few scrapers cost.
  private synchronized byte[] rendered(Form form) throws IOException {
    long now = System.nanoTime();
    if (answers.inside() > FEW
        && last.filter(known -> known.form.equals(form) && now - known.atNanos < FRESH_NANOS)
            .isPresent()) {
      return last.get().body;
    }
    var written = new ByteArrayOutputStream();
    try (OutputStream out = form.compressed ? new GZIPOutputStream(written) : written) {
      formats
          .findWriter(form.accept)
          .write(out, registry.getPrometheusRegistry().scrape(), form.escaping());
    }
    var body = written.toByteArray();
    last = Optional.of(new Rendered(form, body, now));
    return body;
  }

  /// What is asked for.
  private record Form(String accept, boolean compressed) {
    EscapingScheme escaping() {
      return EscapingScheme.fromAcceptHeader(accept);
    }

    String contentType(ExpositionFormats formats) {
      return formats.findWriter(accept).getContentType() + escaping().toHeaderFormat();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rendered(Form form, byte[] body, long atNanos) {}

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }
}
