package io.halfsecond.deploy.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.UnreachableRegistryException;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The client against an HTTP server that answers as the test says.
class SchemaRegistryTest {
  private static final String SUBJECT = "ssh.alerts-value";

  /// An answer of the server.
  private record Answer(int status, String body) {}

  private final Map<String, Answer> answers = new HashMap<>();
  private final List<String> requests = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put("PUT /api/config/" + SUBJECT, new Answer(200, "{}"));
    answers.put("POST /api/subjects/" + SUBJECT + "/versions", new Answer(200, "{\"id\":7}"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    requests.add(request + " " + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    authorizations.add(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
    var answer = answers.getOrDefault(request, new Answer(404, "{\"error_code\":40403}"));
    exchange.sendResponseHeaders(answer.status(), 0);
    try (var body = exchange.getResponseBody()) {
      body.write(answer.body().getBytes(UTF_8));
    }
  }

  private URI url() {
    return URI.create("http://127.0.0.1:%d/api/".formatted(server.getAddress().getPort()));
  }

  private SchemaRegistry registry() throws IOException {
    return SchemaRegistry.of(url(), Optional.empty());
  }

  private static String registered(Schema schema) {
    return "{\"schema\":\"%s\"}"
        .formatted(schema.toString().replace("\\", "\\\\").replace("\"", "\\\""));
  }

  @Test
  void should_ask_for_compatibility_both_ways_before_it_registers() throws IOException {
    assertThat(registry().register(SUBJECT, Alert.getClassSchema())).isEqualTo(7);

    assertThat(requests.getFirst())
        .isEqualTo("PUT /api/config/" + SUBJECT + " {\"compatibility\":\"FULL_TRANSITIVE\"}");
    assertThat(requests.getLast())
        .startsWith("POST /api/subjects/" + SUBJECT + "/versions {\"schema\":\"{\\\"type\\\":");
    assertThat(authorizations).containsOnly("");
  }

  @Test
  void should_authenticate_as_the_user_of_its_file(@TempDir Path directory) throws IOException {
    var file = directory.resolve("user");
    SecretFile.create(file, "reader:open: sesame\n".getBytes(UTF_8));

    SchemaRegistry.of(url(), Optional.of(file)).register(SUBJECT, Alert.getClassSchema());

    assertThat(authorizations).containsOnly("Basic cmVhZGVyOm9wZW46IHNlc2FtZQ==");
  }

  @ParameterizedTest
  @CsvSource({"no-colon", ":no-name", "'a:b\nc:d'"})
  void should_name_the_file_when_it_holds_no_user(String content, @TempDir Path directory)
      throws IOException {
    var file = directory.resolve("user");
    SecretFile.create(file, content.getBytes(UTF_8));

    assertThatThrownBy(() -> SchemaRegistry.of(url(), Optional.of(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageNotContaining(content);
  }

  @Test
  void should_refuse_a_file_that_others_may_read(@TempDir Path directory) throws IOException {
    var file = Files.writeString(directory.resolve("user"), "a:b");

    assertThatThrownBy(() -> SchemaRegistry.of(url(), Optional.of(file)))
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void should_remember_what_it_has_found() throws IOException {
    answers.put("GET /api/schemas/ids/7", new Answer(200, registered(Alert.getClassSchema())));
    var registry = registry();

    var first = registry.find(7).orElseThrow();
    server.stop(0);

    assertThat(first.getFullName()).isEqualTo(Alert.getClassSchema().getFullName());
    assertThat(registry.find(7)).contains(first);
    assertThat(requests).hasSize(1);
  }

  @Test
  void should_not_use_what_cannot_be_an_alert() throws IOException {
    answers.put("GET /api/schemas/ids/1", new Answer(200, "{\"schema\":\"no schema\"}"));
    answers.put("GET /api/schemas/ids/2", new Answer(200, registered(AuthTiming.getClassSchema())));
    var registry = registry();

    assertThat(registry.find(1)).isEmpty();
    assertThat(registry.find(2).map(Schema::getName)).contains("AuthTiming");
    assertThat(registry.find(3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "401, check schema.registry.user-file",
    "403, check schema.registry.user-file",
    "404, check the path of schema.registry.url",
    "409, another program has registered a schema there"
  })
  void should_say_what_to_check_when_it_is_refused(int status, String remedy) {
    answers.put(
        "POST /api/subjects/" + SUBJECT + "/versions",
        new Answer(status, "{\"message\":\"not so\\u001b\"}"));

    assertThatThrownBy(() -> registry().register(SUBJECT, Alert.getClassSchema()))
        .isInstanceOf(RefusedByRegistryException.class)
        .hasMessage(
            "the schema registry %s refuses %s: %d not so?; %s"
                .formatted(url(), SUBJECT, status, remedy));
  }

  @Test
  void should_not_take_a_path_that_the_server_lacks_for_a_missing_schema() throws IOException {
    answers.put("GET /api/schemas/ids/7", new Answer(404, "<html>"));
    var registry = registry();

    assertThatThrownBy(() -> registry.find(7))
        .isInstanceOf(RefusedByRegistryException.class)
        .hasMessageEndingWith("check the path of schema.registry.url");
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429"})
  void should_tell_a_registry_that_does_not_serve_from_one_that_refuses(int status) {
    answers.put("PUT /api/config/" + SUBJECT, new Answer(status, "<html>"));

    assertThatThrownBy(() -> registry().register(SUBJECT, Alert.getClassSchema()))
        .isInstanceOf(UnreachableRegistryException.class)
        .hasMessage("the schema registry %s does not serve now: %d".formatted(url(), status));
  }

  @ParameterizedTest
  @CsvSource({"<html>", "{}", "'{\"id\":\"x\"}'"})
  void should_not_take_another_server_for_a_registry(String body) {
    answers.put("POST /api/subjects/" + SUBJECT + "/versions", new Answer(200, body));

    assertThatThrownBy(() -> registry().register(SUBJECT, Alert.getClassSchema()))
        .isInstanceOf(UnreachableRegistryException.class)
        .hasMessageContaining(url() + " does not answer as one");
  }

  @Test
  void should_name_the_address_when_nothing_listens() throws IOException {
    var registry = registry();
    server.stop(0);

    assertThatThrownBy(() -> registry.find(7))
        .isInstanceOf(UnreachableRegistryException.class)
        .hasMessageStartingWith("the schema registry %s cannot be reached: ".formatted(url()));
  }
}
