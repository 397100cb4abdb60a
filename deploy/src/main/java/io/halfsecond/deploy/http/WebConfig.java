package io.halfsecond.deploy.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Encryption and authentication of the HTTP server, in the format of Prometheus' own servers and
/// exporters (prometheus.io/docs/prometheus/latest/configuration/https). The file is as secret as
/// the hashes of passwords in it.
///
/// @param tls empty for plain HTTP
/// @param users the hash of each user's password (bcrypt); empty if everybody may ask
public record WebConfig(Optional<Tls> tls, Map<String, String> users) {
  /// Everybody may ask, in plain HTTP.
  public static final WebConfig NONE = new WebConfig(Optional.empty(), Map.of());

  private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}");

  /// Files in PEM, by absolute paths.
  ///
  /// @param clients the authority of clients' certificates; empty if none is asked for
  /// @param clientsRequired whether a client must have one
  public record Tls(
      Path certificate,
      Path key,
      Optional<Path> clients,
      boolean clientsRequired,
      List<String> versions) {}

  private static final List<String> VERSIONS = List.of("TLS12", "TLS13");
  private static final List<String> JAVA_VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  /// The file as it is written.
  private record Written(
      @JsonProperty("tls_server_config") @Nullable WrittenTls tls,
      @JsonProperty("basic_auth_users") @Nullable Map<String, String> users) {}

  private record WrittenTls(
      @JsonProperty("cert_file") @Nullable String certificate,
      @JsonProperty("key_file") @Nullable String key,
      @JsonProperty("client_auth_type") @Nullable String clientAuthType,
      @JsonProperty("client_ca_file") @Nullable String clients,
      @JsonProperty("min_version") @Nullable String minVersion) {}

  /// @throws IOException if it is no such file, or others may read it; the message names the file
  ///   and what is wrong
  public static WebConfig read(Path file) throws IOException {
    var mapper =
        JsonMapper.builder(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    Written written;
    try {
      written = mapper.readValue(SecretFile.text(file), Written.class);
    } catch (JsonProcessingException e) {
      // Without the location's excerpt: the file holds hashes of passwords.
      throw new IOException("%s: %s".formatted(file, e.getOriginalMessage()), e);
    }
    var users = Optional.ofNullable(written.users()).orElse(Map.of());
    for (var user : users.entrySet()) {
      require(
          BCRYPT.matcher(String.valueOf(user.getValue())).matches(),
          file,
          "basic_auth_users: the hash of %s is not bcrypt; make one with htpasswd -nBC 10 \"\""
              .formatted(user.getKey()));
    }
    var tls = written.tls();
    return new WebConfig(
        tls == null ? Optional.empty() : Optional.of(tls(file, tls)), Map.copyOf(users));
  }

  private static Tls tls(Path file, WrittenTls written) throws IOException {
    var type = Optional.ofNullable(written.clientAuthType()).orElse("NoClientCert");
    require(
        List.of("NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert")
            .contains(type),
        file,
        "tls_server_config: client_auth_type must be NoClientCert, VerifyClientCertIfGiven or"
            + " RequireAndVerifyClientCert, not "
            + type);
    var clients = Optional.ofNullable(written.clients()).map(ca -> beside(file, ca));
    require(
        clients.isPresent() != type.equals("NoClientCert"),
        file,
        "tls_server_config: client_ca_file goes with a client_auth_type that verifies");
    int least = VERSIONS.indexOf(Optional.ofNullable(written.minVersion()).orElse("TLS12"));
    require(least >= 0, file, "tls_server_config: min_version must be one of " + VERSIONS);
    return new Tls(
        beside(file, required(file, written.certificate(), "cert_file")),
        beside(file, required(file, written.key(), "key_file")),
        clients,
        type.startsWith("Require"),
        List.copyOf(JAVA_VERSIONS.subList(least, JAVA_VERSIONS.size())));
  }

  /// As Prometheus does: a relative path is relative to the file.
  private static Path beside(Path file, String name) {
    return file.toAbsolutePath().resolveSibling(name);
  }

  private static String required(Path file, @Nullable String value, String key) throws IOException {
    if (value == null || value.isEmpty()) {
      throw new IOException("%s: tls_server_config: %s is missing".formatted(file, key));
    }
    return value;
  }

  private static void require(boolean fine, Path file, String wrong) throws IOException {
    if (!fine) {
      throw new IOException(file + ": " + wrong);
    }
  }

  @Override
  public String toString() {
    return "WebConfig[tls=%s, users=%s]".formatted(tls, Arrays.toString(users.keySet().toArray()));
  }
}
