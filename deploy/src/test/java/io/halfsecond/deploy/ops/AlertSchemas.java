package io.halfsecond.deploy.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halfsecond.schemas.Alert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// The schemas of an alert for readers of other languages, made from the schema of the program.
final class AlertSchemas {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String JAVA = "avro.java.string";

  private AlertSchemas() {}

  /// The Avro schema, without what concerns Java only.
  static String avro() throws JsonProcessingException {
    return text(withoutJava(JSON.readTree(Alert.getClassSchema().toString())));
  }

  private static JsonNode withoutJava(JsonNode node) {
    if (node.has(JAVA)) {
      return node.get("type");
    }
    if (node instanceof ObjectNode object) {
      object.properties().forEach(property -> property.setValue(withoutJava(property.getValue())));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, withoutJava(array.get(i)));
      }
    }
    return node;
  }

  /// The JSON Schema of what `AlertJson` writes.
  static String json() throws JsonProcessingException {
    var definitions = new LinkedHashMap<String, JsonNode>();
    var schema = JSON.createObjectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.setAll(record(Alert.getClassSchema(), definitions));
    var sorted = schema.putObject("definitions");
    definitions.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(definition -> sorted.set(definition.getKey(), definition.getValue()));
    return text(schema);
  }

  private static ObjectNode record(Schema schema, Map<String, JsonNode> definitions) {
    var object = described(JSON.createObjectNode().put("type", "object"), schema.getDoc());
    var properties = object.putObject("properties");
    var required = object.putArray("required");
    for (var field : schema.getFields()) {
      properties.set(field.name(), described(type(field.schema(), definitions), field.doc()));
      required.add(field.name());
    }
    return object;
  }

  private static ObjectNode type(Schema schema, Map<String, JsonNode> definitions) {
    return switch (schema.getType()) {
      case RECORD, ENUM -> named(schema, definitions);
      case ARRAY -> {
        var array = JSON.createObjectNode().put("type", "array");
        array.set("items", type(schema.getElementType(), definitions));
        yield array;
      }
      case UNION -> union(schema.getTypes(), definitions);
      case LONG ->
          schema.getLogicalType() == null
              ? simple("integer")
              : simple("string").put("format", "date-time");
      case INT -> simple("integer");
      case DOUBLE -> simple("number");
      case STRING -> simple("string");
      case BOOLEAN -> simple("boolean");
      case NULL -> simple("null");
      case FLOAT, BYTES, FIXED, MAP ->
          throw new IllegalArgumentException("no JSON for " + schema.getType());
    };
  }

  /// Where there are several kinds of record, the field `kind` says which.
  private static ObjectNode union(List<Schema> types, Map<String, JsonNode> definitions) {
    var union = JSON.createObjectNode();
    var alternatives = union.putArray("oneOf");
    boolean several =
        types.stream().filter(type -> type.getType() == Schema.Type.RECORD).count() > 1;
    for (var type : types) {
      var alternative = type(type, definitions);
      if (several) {
        var kind = JSON.createObjectNode();
        kind.putObject("properties").putObject("kind").put("const", type.getName());
        kind.putArray("required").add("kind");
        var both = JSON.createObjectNode();
        both.putArray("allOf").add(kind).add(alternative);
        alternative = both;
      }
      alternatives.add(alternative);
    }
    return union;
  }

  private static ObjectNode named(Schema schema, Map<String, JsonNode> definitions) {
    if (!definitions.containsKey(schema.getName())) {
      ObjectNode definition;
      if (schema.getType() == Schema.Type.RECORD) {
        definition = record(schema, definitions);
      } else {
        definition = described(simple("string"), schema.getDoc());
        var names = definition.putArray("enum");
        schema.getEnumSymbols().forEach(names::add);
      }
      definitions.put(schema.getName(), definition);
    }
    // Draft 7 ignores what stands beside a $ref.
    var reference = JSON.createObjectNode();
    reference.putArray("allOf").addObject().put("$ref", "#/definitions/" + schema.getName());
    return reference;
  }

  private static ObjectNode simple(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  private static ObjectNode described(ObjectNode node, @Nullable String doc) {
    return doc == null ? node : node.put("description", doc.replace('\n', ' '));
  }

  private static String text(JsonNode node) throws JsonProcessingException {
    return JSON.writeValueAsString(node) + "\n";
  }
}
