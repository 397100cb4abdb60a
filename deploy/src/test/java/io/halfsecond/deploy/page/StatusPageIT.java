package io.halfsecond.deploy.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.http.FixedPage;
import io.halfsecond.deploy.http.OpsServer;
import io.halfsecond.deploy.ops.Tool;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page in a browser, under its policy. The pictures stay in `target`, for a person to look at.
class StatusPageIT {
  private static final String REFUSED = "Content Security Policy";

  private final Tool chromium = Tool.require("chromium", "chromium");

  @TempDir private Path profile;

  @Test
  void should_be_drawn_with_its_style_and_load_nothing_else() throws IOException {
    var now = Instant.parse("2026-03-29T12:01:00Z");
    var present = StatusPageTest.given();

    for (var page :
        Map.of(
                "page-all", StatusPage.ofAll(present, Share.WHOLE, now),
                "page-host", StatusPage.ofHost(present, Share.WHOLE, "web-17", now).orElseThrow())
            .entrySet()) {
      var picture = Path.of("target", page.getKey() + ".png").toAbsolutePath();
      Files.deleteIfExists(picture);

      var said = drawn(new FixedPage(page.getValue(), Stylesheet.POLICY), picture);

      assertThat(said).doesNotContain(REFUSED);
      assertThat(picture).as(said).isNotEmptyFile();
    }
  }

  /// Otherwise the test above could not fail.
  @Test
  void should_not_be_given_another_style() throws IOException {
    var text = StatusPage.ofAll(StatusPageTest.given(), Share.WHOLE, Instant.EPOCH);
    var other = text.replace("</style>", "body { color: red }</style>");

    assertThat(drawn(new FixedPage(other, Stylesheet.POLICY), profile.resolve("refused.png")))
        .contains(REFUSED);
  }

  /// @return what the browser said
  private String drawn(FixedPage page, Path picture) throws IOException {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (var server =
        OpsServer.start(
            Endpoint.plain(address),
            registry,
            List::of,
            List::of,
            Optional.of(page),
            Optional.empty())) {
      var result =
          chromium.run(
              profile,
              Map.of("HOME", profile.toString()),
              "--headless",
              "--no-sandbox",
              "--disable-gpu",
              "--enable-logging=stderr",
              "--user-data-dir=" + profile.resolve("profile"),
              "--window-size=1100,900",
              "--screenshot=" + picture,
              server.url() + "/");
      assertThat(result.status()).as(result.output()).isZero();
      return result.output();
    } finally {
      registry.close();
    }
  }
}
