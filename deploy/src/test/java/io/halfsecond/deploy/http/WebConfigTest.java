package io.halfsecond.deploy.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.crypto.bcrypt.BCrypt;

class WebConfigTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void should_read_what_prometheus_own_exporters_read() throws IOException {
    var hash = BCrypt.hashpw("secret", BCrypt.gensalt(4));
    var config =
        read(
            """
            tls_server_config:
              cert_file: server.pem
              key_file: /etc/halfsecond/server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.pem
              min_version: TLS13
            basic_auth_users:
              prometheus: %s
            """
                .formatted(hash));

    assertThat(config.tls())
        .contains(
            new WebConfig.Tls(
                directory.resolve("server.pem"),
                Path.of("/etc/halfsecond/server.key"),
                Optional.of(directory.resolve("ca.pem")),
                true,
                List.of("TLSv1.3")));
    assertThat(config.users()).containsEntry("prometheus", hash);
    assertThat(config.toString()).contains("prometheus").doesNotContain(hash);
  }

  @Test
  void should_take_a_file_without_certificates_or_without_users() throws IOException {
    assertThat(read("{}")).isEqualTo(WebConfig.NONE);
    assertThat(
            read("tls_server_config: {cert_file: a, key_file: b}").tls().orElseThrow().versions())
        .containsExactly("TLSv1.2", "TLSv1.3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "basic_auth_users: {web: secret}|the hash of web is not bcrypt",
        "tls_server_config: {cert_file: a}|key_file is missing",
        "tls_server_config: {key_file: a}|cert_file is missing",
        "tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}|min_version must be",
        "tls_server_config: {cert_file: a, key_file: b, client_auth_type: Maybe}|client_auth_type"
            + " must",
        "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}|client_ca_file goes"
            + " with",
        "tls_server_config: {cert_file: a, key_file: b, ciphers: x}|ciphers",
        "http_server_config: {http2: true}|http_server_config",
        "- a|",
      })
  void should_name_file_and_key_when_something_is_wrong(String yaml, String wrong) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(directory.resolve("web.yaml").toString())
        .hasMessageContaining(wrong == null ? "" : wrong)
        .hasMessageNotContaining("secret");
  }

  @Test
  void should_refuse_a_file_that_others_may_read() throws IOException {
    var file = Files.writeString(directory.resolve("web.yaml"), "{}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> WebConfig.read(file)).hasMessageContaining("chmod");
  }

  private WebConfig read(String yaml) throws IOException {
    var file = directory.resolve("web.yaml");
    Files.deleteIfExists(file);
    SecretFile.create(file, yaml.getBytes(UTF_8));
    return WebConfig.read(file);
  }
}
