package io.halfsecond.deploy.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RegisteredSchemas;
import io.halfsecond.schemas.UnreachableRegistryException;
import io.halfsecond.schemas.auth.SecretFile;
import io.halfsecond.schemas.travel.RefusedSchemaException;
import io.halfsecond.schemas.travel.SchemaCheck;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A schema registry with the HTTP interface of Confluent's, which Apicurio and others have too.
///
/// Certificates of `https` are checked by the trust store of the JDK; its system properties
/// (`javax.net.ssl.*`) name another. What was found once is not asked for again. Safe for use by
/// several threads.
public final class SchemaRegistry implements RegisteredSchemas {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI url;
  private final Optional<String> authorization;
  private final Map<Integer, Optional<Schema>> found = new ConcurrentHashMap<>();

  private SchemaRegistry(URI url, Optional<String> authorization) {
    this.url = url;
    this.authorization = authorization;
  }

  /// @param url of the interface, with what comes before `/subjects`
  /// @param credentials a file with one line, the user's name, a colon and the password
  /// @throws IOException if that file cannot be used; the message names it
  public static SchemaRegistry of(URI url, Optional<Path> credentials) throws IOException {
    return new SchemaRegistry(
        url, credentials.isEmpty() ? Optional.empty() : Optional.of(basic(credentials.get())));
  }

  /// RFC 7617.
  private static String basic(Path file) throws IOException {
    var user = SecretFile.text(file);
    if (user.indexOf(':') < 1 || user.lines().count() != 1) {
      throw new IOException(file + ": must be one line: a user's name, a colon and the password");
    }
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  /// Makes a schema the newest of a subject, all of whose schemas have to be compatible in both
  /// directions. Does nothing if it is there.
  ///
  /// @return the id of the schema
  /// @throws UnreachableRegistryException if the registry cannot be asked now
  /// @throws RefusedByRegistryException if it refuses
  public int register(String subject, Schema schema) {
    var compatibility = JSON.createObjectNode().put("compatibility", "FULL_TRANSITIVE");
    require(send("PUT", "/config/" + subject, Optional.of(compatibility)), subject);
    var answer =
        send(
            "POST",
            "/subjects/" + subject + "/versions",
            Optional.of(JSON.createObjectNode().put("schema", schema.toString())));
    require(answer, subject);
    var id = body(answer).path("id");
    if (!id.isInt()) {
      throw new UnreachableRegistryException(
          "the schema registry %s does not answer as one: no id".formatted(url));
    }
    return id.intValue();
  }

  @Override
  public Optional<Schema> find(int id) {
    var known = found.get(id);
    if (known != null) {
      return known;
    }
    var schema = fetch(id);
    found.put(id, schema);
    return schema;
  }

  private Optional<Schema> fetch(int id) {
    var answer = send("GET", "/schemas/ids/" + id, Optional.empty());
    // Without an error code it is a server that knows no such path.
    if (answer.statusCode() == NOT_FOUND && body(answer).has("error_code")) {
      return Optional.empty();
    }
    require(answer, "schema " + id);
    try {
      return Optional.of(SchemaCheck.check("schema " + id, body(answer).path("schema").asText()));
    } catch (RefusedSchemaException e) {
      LOG.warn("not used, of the schema registry {}: {}", url, e.getMessage());
      return Optional.empty();
    }
  }

  private HttpResponse<String> send(String method, String path, Optional<JsonNode> body) {
    var request =
        HttpRequest.newBuilder(URI.create(url.toString().replaceFirst("/+$", "") + path))
            .timeout(PATIENCE)
            .header("Accept", MEDIA_TYPE)
            .header("Content-Type", MEDIA_TYPE)
            .method(
                method,
                body.map(json -> BodyPublishers.ofString(json.toString()))
                    .orElseGet(BodyPublishers::noBody));
    authorization.ifPresent(value -> request.header("Authorization", value));
    try (var client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UnreachableRegistryException(
          "the schema registry %s cannot be reached: %s".formatted(url, Causes.text(e)), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void require(HttpResponse<String> answer, String about) {
    int status = answer.statusCode();
    if (status / 100 == 2) {
      return;
    }
    var why = "%d %s".formatted(status, Printable.of(body(answer).path("message").asText(), 300));
    if (status == TOO_MANY || status >= SERVER_ERROR) {
      throw new UnreachableRegistryException(
          "the schema registry %s does not serve now: %s".formatted(url, why.strip()));
    }
    throw new RefusedByRegistryException(
        "the schema registry %s refuses %s: %s".formatted(url, about, why.strip())
            + switch (status) {
              case UNAUTHORIZED, FORBIDDEN -> "; check schema.registry.user-file";
              case NOT_FOUND -> "; check the path of schema.registry.url";
              case CONFLICT -> "; another program has registered a schema there";
              default -> "";
            });
  }

  private static JsonNode body(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException _) {
      return JSON.missingNode();
    }
  }
}
