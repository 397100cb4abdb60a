package io.halfsecond.deploy.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// The OpenAPI 3.1 document of the API, made from [Routes] and the records of the answers.
public final class OpenApi {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SCHEMAS = "components/schemas";
  private static final String TOKEN = "token";

  private OpenApi() {}

  /// Made once.
  private static final class Made {
    private static final String TEXT = made().toPrettyString() + "\n";
  }

  /// The document in JSON.
  public static String document() {
    return Made.TEXT;
  }

  private static ObjectNode made() {
    var document = NODES.objectNode();
    document.put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Halfsecond query API")
        .put("version", "1")
        .put(
            "description",
            "What the topology knows of hosts, their sshd and their alerts. Read only. Every"
                + " instance answers for all; the field incomplete says what is missing where one"
                + " cannot be reached. The token is the content of the file that api.token-file"
                + " names.");
    document.putArray("servers").addObject().put("url", Routes.PREFIX);
    document.putArray("security").addObject().putArray(TOKEN);
    var schemas = builder();
    var paths = document.putObject("paths");
    Routes.ALL.forEach(route -> paths.set(route.path(), path(route, schemas)));
    var components = document.putObject("components");
    components.set("schemas", schemas.collectDefinitions(SCHEMAS));
    components
        .putObject("securitySchemes")
        .putObject(TOKEN)
        .put("type", "http")
        .put("scheme", "bearer");
    var problem = components.withObject("/schemas/Problem");
    problem.put("type", "object").put("description", "Why there is no answer (RFC 9457).");
    var properties = problem.putObject("properties");
    for (var text : new String[] {"type", "title", "detail"}) {
      properties.putObject(text).put("type", "string");
    }
    properties.putObject("status").put("type", "integer");
    return document;
  }

  private static SchemaBuilder builder() {
    var config =
        new SchemaGeneratorConfigBuilder(
                ApiJson.MAPPER, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.PLAIN_DEFINITION_KEYS,
                Option.EXTRA_OPEN_API_FORMAT_VALUES);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(
            (type, context) -> {
              if (type.isInstanceOf(JsonNode.class)) {
                return custom(NODES.objectNode().put("type", "object"));
              }
              if (type.isInstanceOf(Optional.class)) {
                return custom(
                    orNull(context.createDefinitionReference(type.getTypeParameters().getFirst())));
              }
              if (type.isInstanceOf(OptionalDouble.class)) {
                return custom(orNull(NODES.objectNode().put("type", "number")));
              }
              if (type.getErasedType().isEnum()) {
                var constants = NODES.objectNode().put("type", "string");
                var allowed = constants.putArray("enum");
                for (var constant : type.getErasedType().getEnumConstants()) {
                  allowed.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
                }
                return custom(constants);
              }
              return null;
            });
    config.forFields().withRequiredCheck(_ -> true);
    return new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
  }

  private static CustomDefinition custom(ObjectNode node) {
    return new CustomDefinition(node, true);
  }

  private static ObjectNode orNull(ObjectNode schema) {
    var either = NODES.objectNode();
    either.putArray("anyOf").add(schema).addObject().put("type", "null");
    return either;
  }

  private static ObjectNode path(Route route, SchemaBuilder schemas) {
    var path = NODES.objectNode();
    var get = path.putObject("get");
    get.put("summary", route.summary());
    get.put("operationId", operation(route.path()));
    var parameters = get.putArray("parameters");
    if (route instanceof Route.OfHost<?>) {
      parameters
          .addObject()
          .put("name", "host")
          .put("in", "path")
          .put("required", true)
          .put("description", "Name of the host, as in its telemetry.")
          .putObject("schema")
          .put("type", "string");
    }
    for (var parameter : route.parameters()) {
      var described =
          parameters
              .addObject()
              .put("name", parameter.name())
              .put("in", "query")
              .put("description", parameter.description())
              .put("example", parameter.example());
      described.putObject("schema").put("type", "string");
    }
    var responses = get.putObject("responses");
    var answered = responses.putObject("200").put("description", "The answer.");
    answered
        .putObject("content")
        .putObject("application/json")
        .set("schema", schema(route, schemas));
    refused(responses, "400", "A parameter cannot be used.");
    refused(responses, "401", "The token is missing or wrong.");
    if (route instanceof Route.OfHost<?>) {
      refused(responses, "404", "There is no such host.");
    }
    refused(responses, "429", "There are too many questions; Retry-After says when to ask again.");
    refused(responses, "503", "The topology starts or moves its work; ask again.");
    return path;
  }

  private static JsonNode schema(Route route, SchemaBuilder schemas) {
    return schemas.createSchemaReference(route.answerType().getType());
  }

  private static void refused(ObjectNode responses, String status, String why) {
    responses
        .putObject(status)
        .put("description", why)
        .putObject("content")
        .putObject("application/problem+json")
        .putObject("schema")
        .put("$ref", "#/" + SCHEMAS + "/Problem");
  }

  /// `/hosts/{host}/baselines` is `hostsHostBaselines`.
  private static String operation(String path) {
    var name = new StringBuilder();
    for (var part : path.replaceAll("[{}]", "").substring(1).split("/", -1)) {
      name.append(
          name.isEmpty()
              ? part
              : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
    }
    return name.toString();
  }
}
