package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertJson;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The contract of the alert topic, for people and for programs, against the schema and the topics
/// of the program.
class AlertTopicTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Path PAGE = DOCS.resolve("alert-topic.md");
  private static final Path DOCUMENT = DOCS.resolve("alert-topic.asyncapi.yaml");
  private static final String JSON_SCHEMA = "alert-topic.schema.json";
  private static final Topics TOPICS = Topics.defaults().withAlertsJson();
  private static final Topic<Alert> AS_JSON = TOPICS.alertsJson().orElseThrow();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HEADING = Pattern.compile("#+ (.+)");
  private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| (.+?) \\|.*");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /// A row of a table of the page.
  ///
  /// @param names in code in the first column, or its text
  private record Row(String heading, List<String> names, String second) {}

  private static List<Row> rows() throws IOException {
    var rows = new ArrayList<Row>();
    String heading = "";
    for (var line : Files.readAllLines(PAGE)) {
      var title = HEADING.matcher(line);
      var row = ROW.matcher(line);
      if (title.matches()) {
        heading = title.group(1);
      } else if (row.matches()) {
        rows.add(new Row(heading, codes(row.group(1)), row.group(2)));
      }
    }
    return rows;
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(code -> code.group(1)).toList();
  }

  @Test
  void should_have_each_field_with_its_type_on_the_page() throws IOException {
    // given
    var expected = new LinkedHashMap<String, Map<String, String>>();
    named(Schema.Type.RECORD)
        .forEach(
            record -> {
              var fields = new LinkedHashMap<String, String>();
              record.getFields().forEach(field -> fields.put(field.name(), typed(field.schema())));
              expected.put(record.getName(), fields);
            });

    // when
    var documented = new LinkedHashMap<String, Map<String, String>>();
    rows().stream()
        .filter(row -> expected.containsKey(row.heading()))
        .forEach(
            row -> {
              var fields = documented.computeIfAbsent(row.heading(), _ -> new LinkedHashMap<>());
              row.names().forEach(name -> fields.put(name, row.second()));
            });

    // then
    assertThat(documented).isEqualTo(expected);
  }

  @Test
  void should_have_each_name_of_each_enum_on_the_page() throws IOException {
    var documented =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.equals("## Enums"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .map(ROW::matcher)
            .filter(row -> row.matches() && !codes(row.group(2)).isEmpty())
            .collect(Collectors.toMap(row -> row.group(1), row -> codes(row.group(2))));

    assertThat(documented)
        .isEqualTo(
            named(Schema.Type.ENUM)
                .collect(
                    Collectors.toMap(
                        Schema::getName,
                        type ->
                            type.getEnumSymbols().stream()
                                .filter(name -> !name.equals("UNKNOWN"))
                                .toList())));
  }

  /// As the page names a type.
  private static String typed(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> {
        var names = schema.getTypes().stream().map(AlertTopicTest::typed).toList();
        yield names.getFirst().equals("null")
            ? names.getLast() + " or null"
            : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
      }
      case ARRAY -> "list of " + typed(schema.getElementType());
      case LONG -> schema.getLogicalType() == null ? "long" : "time";
      case RECORD, ENUM, STRING, INT, DOUBLE, BOOLEAN, NULL, FLOAT, BYTES, FIXED, MAP ->
          schema.getName();
    };
  }

  /// The records or enums that an alert consists of.
  private static Stream<Schema> named(Schema.Type type) {
    var found = new LinkedHashSet<Schema>();
    collect(Alert.getClassSchema(), found);
    return found.stream().filter(schema -> schema.getType() == type);
  }

  private static void collect(Schema schema, Set<Schema> found) {
    switch (schema.getType()) {
      case RECORD -> {
        if (found.add(schema)) {
          schema.getFields().forEach(field -> collect(field.schema(), found));
        }
      }
      case ENUM -> found.add(schema);
      case UNION -> schema.getTypes().forEach(type -> collect(type, found));
      case ARRAY -> collect(schema.getElementType(), found);
      case STRING, INT, LONG, DOUBLE, BOOLEAN, NULL, FLOAT, BYTES, FIXED, MAP -> {}
    }
  }

  @Test
  void should_publish_the_schemas_of_this_version() throws IOException {
    assertGolden("alert-topic.avsc", AlertSchemas.avro());
    assertGolden(JSON_SCHEMA, AlertSchemas.json());
  }

  private static void assertGolden(String name, String actual) throws IOException {
    var file = DOCS.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, actual);
    }
    assertThat(actual)
        .as("%s; -Dgolden.update=true rewrites it", file)
        .isEqualTo(Files.readString(file));
  }

  /// With everything, and with nothing that may be absent, for each kind of finding.
  static Stream<Alert> alerts() {
    var findings = Alert.getClassSchema().getField("finding").schema().getTypes();
    return Stream.of(true, false)
        .flatMap(
            full ->
                findings.stream()
                    .map(finding -> (Alert) made(Alert.getClassSchema(), finding, full)))
        .map(alert -> Alert.newBuilder(alert).setAlertId("0f".repeat(16)).build());
  }

  private static @Nullable Object made(Schema schema, Schema finding, boolean full) {
    return switch (schema.getType()) {
      case RECORD -> {
        var type = SpecificData.get().getClass(schema);
        var record = (SpecificRecord) SpecificData.newInstance(type, schema);
        schema
            .getFields()
            .forEach(field -> record.put(field.pos(), made(field.schema(), finding, full)));
        yield record;
      }
      case UNION ->
          schema.getTypes().contains(finding)
              ? made(finding, finding, full)
              : full ? made(schema.getTypes().getLast(), finding, true) : null;
      case ARRAY ->
          Stream.ofNullable(full ? made(schema.getElementType(), finding, true) : null).toList();
      case ENUM -> SpecificData.get().createEnum(schema.getEnumSymbols().getLast(), schema);
      case LONG ->
          schema.getLogicalType() == null ? 1L << 40 : (Object) Instant.EPOCH.plusNanos(7_000);
      case INT -> 7;
      case DOUBLE -> 1.5e9;
      case BOOLEAN -> full;
      case STRING -> full ? "0f".repeat(16) : "";
      case NULL, FLOAT, BYTES, FIXED, MAP -> throw new IllegalArgumentException(schema.toString());
    };
  }

  /// Nothing but what the schema has may be there, although readers are asked to ignore it.
  @ParameterizedTest
  @MethodSource("alerts")
  void should_write_json_as_its_schema_says(Alert alert) throws IOException {
    // given
    var strict = JSON.readTree(DOCS.resolve(JSON_SCHEMA).toFile());
    close(strict);
    var schema =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_7,
                registry ->
                    registry.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
            .getSchema(strict);

    // when
    var json = JSON.readTree(AlertJson.of(alert));

    // then
    assertThat(schema.validate(json)).isEmpty();
    assertThat(schema.validate(((ObjectNode) json).put("further", 1))).isNotEmpty();
    assertThat(AlertJson.serde().deserializer().deserialize("", bytes(AS_JSON, alert)))
        .isEqualTo(alert);
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("type").asText().equals("object")) {
      object.put("additionalProperties", false);
      // Named beside the record, where there are several kinds.
      ((ObjectNode) object.get("properties")).putIfAbsent("kind", JSON.createObjectNode());
    }
    node.forEach(AlertTopicTest::close);
  }

  private static byte[] bytes(Topic<Alert> topic, Alert alert) {
    return topic.valueSerde().serializer().serialize(topic.name(), alert);
  }

  @Test
  void should_describe_the_topics_and_schemas_in_the_document() {
    var document = Yaml.read(DOCUMENT);

    assertThat(document.path("channels").valueStream().map(AlertTopicTest::topic))
        .containsExactly(
            Map.entry(TOPICS.alerts().name(), TOPICS.alerts().configs()),
            Map.entry(AS_JSON.name(), AS_JSON.configs()));
    assertThat(document.at("/components/messages/alert/payload/schema/$ref").asText())
        .isEqualTo("./alert-topic.avsc");
    assertThat(document.at("/components/messages/alertJson/payload/$ref").asText())
        .isEqualTo("./" + JSON_SCHEMA);
  }

  private static Map.Entry<String, Map<String, String>> topic(JsonNode channel) {
    var kafka = channel.at("/bindings/kafka");
    assertThat(kafka.path("topic")).isEqualTo(channel.path("address"));
    var configs =
        kafka
            .path("topicConfiguration")
            .propertyStream()
            .collect(Collectors.toMap(Map.Entry::getKey, config -> text(config.getValue())));
    return Map.entry(channel.path("address").asText(), configs);
  }

  private static String text(JsonNode value) {
    return value.isArray()
        ? value.valueStream().map(JsonNode::asText).collect(Collectors.joining(","))
        : value.asText();
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void should_write_the_attributes_that_page_and_document_name(Alert alert) throws IOException {
    // given
    var described = Yaml.read(DOCUMENT).at("/components/schemas/attributes");

    // when
    var avro = headers(TOPICS.alerts(), alert, new RecordHeaders());
    var json = headers(AS_JSON, alert, new RecordHeaders());

    // then
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(described)
                .validate(JSON.valueToTree(avro)))
        .isEmpty();
    assertThat(avro.keySet())
        .containsExactlyElementsOf(
            described.path("properties").propertyStream().map(Map.Entry::getKey).toList())
        .containsExactlyElementsOf(
            rows().stream()
                .filter(row -> row.heading().equals("CloudEvents"))
                .flatMap(row -> row.names().stream())
                .toList());
    assertThat(json)
        .containsAllEntriesOf(
            avro.entrySet().stream()
                .filter(attribute -> attribute.getKey().startsWith("ce_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
        .containsEntry("content-type", "application/json");
    assertThat(avro).containsEntry("content-type", "application/avro");
  }

  @Test
  void should_name_each_step_of_an_alert_once_however_often_it_is_written() {
    // given
    var alert = alerts().findFirst().orElseThrow();
    alert.setHost("web-17");
    alert.setSubject("startup/all");
    var headers = new RecordHeaders();

    // when
    headers(AS_JSON, alert, headers);
    var attributes = headers(TOPICS.alerts(), alert, headers);

    // then
    assertThat(headers.toArray()).hasSameSizeAs(attributes.keySet());
    assertThat(attributes)
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_id", "0f".repeat(16) + "/7")
        .containsEntry("ce_source", "urn:halfsecond:ssh.alerts")
        .containsEntry("ce_type", "io.halfsecond.alert.acknowledged")
        .containsEntry("ce_subject", "web-17/startup/all")
        .containsEntry("ce_time", "1970-01-01T00:00:00.000007Z");
  }

  private static Map<String, String> headers(Topic<Alert> topic, Alert alert, Headers headers) {
    topic.valueSerde().serializer().serialize(topic.name(), headers, alert);
    return Arrays.stream(headers.toArray())
        .collect(
            Collectors.toMap(
                header -> header.key(),
                header -> new String(header.value(), StandardCharsets.UTF_8),
                (_, again) -> again,
                LinkedHashMap::new));
  }
}
