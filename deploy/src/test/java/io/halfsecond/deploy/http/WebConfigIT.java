package io.halfsecond.deploy.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.deploy.broker.Certificates;
import io.halfsecond.schemas.auth.SecretFile;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// The HTTP server with certificates of an authority of its own, and with users.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebConfigIT {
  private static final char[] PASSWORD = Certificates.PASSWORD.toCharArray();
  private static final String SERVER = "server";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private Path directory = Path.of("");
  private Certificates certificates;

  @BeforeAll
  void make(@TempDir Path made) throws Exception {
    directory = made;
    certificates = Certificates.in(directory.resolve("certificates"));
    certificates.make(SERVER, List.of("127.0.0.1"));
    certificates.make("scraper", List.of("127.0.0.1"));
    pem();
  }

  @AfterAll
  void stop() {
    registry.close();
  }

  @Test
  void should_answer_only_users_with_their_password_over_tls() throws Exception {
    try (var server = serve(Optional.of("NoClientCert"), true)) {
      assertThat(server.url()).startsWith("https://");
      assertThat(status(server, "/metrics", Optional.empty(), Optional.empty())).isEqualTo(401);
      for (var wrong :
          List.of("prometheus:wrong", "prometheus:", "nobody:right", "nobody:nobody")) {
        assertThat(status(server, "/metrics", Optional.of(wrong), Optional.empty()))
            .as(wrong)
            .isEqualTo(401);
      }
      for (int scrape = 0; scrape < 3; scrape++) {
        assertThat(status(server, "/metrics", Optional.of("prometheus:right"), Optional.empty()))
            .isEqualTo(200);
      }
      assertThat(status(server, "/metrics", Optional.of("prometheus:wrong"), Optional.empty()))
          .isEqualTo(401);
      assertThat(status(server, "/-/healthy", Optional.empty(), Optional.empty())).isEqualTo(200);
    }
  }

  @Test
  void should_show_the_page_only_to_users_with_their_password() throws Exception {
    try (var server = serve(Optional.of("NoClientCert"), true)) {
      for (var path : List.of("/", "/?host=web-17", "/elsewhere")) {
        assertThat(status(server, path, Optional.empty(), Optional.empty())).isEqualTo(401);
        assertThat(status(server, path, Optional.of("prometheus:wrong"), Optional.empty()))
            .isEqualTo(401);
      }
      assertThat(status(server, "/", Optional.of("prometheus:right"), Optional.empty()))
          .isEqualTo(200);
    }
  }

  @Test
  void should_answer_only_clients_with_a_certificate_when_it_must_have_one() throws Exception {
    try (var server = serve(Optional.of("RequireAndVerifyClientCert"), false)) {
      assertThatThrownBy(() -> status(server, "/metrics", Optional.empty(), Optional.empty()))
          .isInstanceOf(IOException.class);
      assertThat(status(server, "/metrics", Optional.empty(), Optional.of("scraper")))
          .isEqualTo(200);
    }
  }

  @Test
  void should_show_a_renewed_certificate_without_a_restart() throws Exception {
    try (var server = serve(Optional.of("NoClientCert"), false)) {
      var before = serial(server);
      certificates.make(SERVER, List.of("127.0.0.1"), Duration.ofDays(30));
      pem();
      Files.setLastModifiedTime(
          directory.resolve("server.pem"), FileTime.fromMillis(System.currentTimeMillis() + 5_000));

      assertThat(serial(server)).isNotEqualTo(before);
    }
  }

  @Test
  void should_name_the_files_when_they_are_no_certificate() throws Exception {
    Files.writeString(directory.resolve("broken.pem"), "no certificate");
    var file = directory.resolve("broken.yaml");
    SecretFile.create(
        file, "tls_server_config: {cert_file: broken.pem, key_file: server.key}".getBytes(UTF_8));
    var endpoint = new Endpoint(loopback(), WebConfig.read(file));

    assertThatThrownBy(() -> OpsServer.start(endpoint, registry, List::of, List::of))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken.pem")
        .hasMessageContaining("are not a certificate and its key in PEM");
  }

  private OpsServer serve(Optional<String> clients, boolean users) throws IOException {
    var file = Files.createTempFile(directory, "web", ".yaml");
    var yaml =
        new StringBuilder("tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n");
    clients.ifPresent(type -> yaml.append("  client_auth_type: ").append(type).append('\n'));
    if (clients.filter("NoClientCert"::equals).isEmpty()) {
      yaml.append("  client_ca_file: ").append(certificates.authority()).append('\n');
    }
    if (users) {
      yaml.append("basic_auth_users:\n  prometheus: ")
          .append(BCrypt.hashpw("right", BCrypt.gensalt(4)));
    }
    SecretFile.replace(file, yaml.toString().getBytes(UTF_8));
    return OpsServer.start(
        new Endpoint(loopback(), WebConfig.read(file)),
        registry,
        List::of,
        List::of,
        Optional.of(new FixedPage("<p>page</p>", "default-src 'none'")),
        Optional.empty());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  /// Key and chain of the server as PEM, as authorities give them.
  private void pem() throws Exception {
    var store = store(SERVER);
    var base64 = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8));
    var chain = new StringBuilder();
    for (var certificate : store.getCertificateChain(SERVER)) {
      chain
          .append("-----BEGIN CERTIFICATE-----\n")
          .append(base64.encodeToString(certificate.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    Files.writeString(directory.resolve("server.pem"), chain);
    var key =
        "-----BEGIN PRIVATE KEY-----\n"
            + base64.encodeToString(store.getKey(SERVER, PASSWORD).getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    SecretFile.replace(directory.resolve("server.key"), key.getBytes(UTF_8));
  }

  private KeyStore store(String name) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(certificates.store(name))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private SSLContext context(Optional<String> client) throws IOException, GeneralSecurityException {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store(SERVER));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(client.isPresent() ? store(client.get()) : null, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private int status(
      OpsServer server, String path, Optional<String> user, Optional<String> certificate)
      throws Exception {
    var request = HttpRequest.newBuilder(URI.create(server.url() + path));
    user.ifPresent(
        each ->
            request.header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(each.getBytes(UTF_8))));
    try (var client = HttpClient.newBuilder().sslContext(context(certificate)).build()) {
      return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
  }

  private String serial(OpsServer server) throws Exception {
    try (var client = HttpClient.newBuilder().sslContext(context(Optional.empty())).build()) {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create(server.url() + "/-/healthy")).build(),
              BodyHandlers.discarding());
      var shown = response.sslSession().orElseThrow().getPeerCertificates()[0];
      return ((X509Certificate) shown).getSerialNumber().toString();
    }
  }
}
