package io.halfsecond.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/// An Avro record as JSON: fields under their own names, times in ISO 8601. What is written can be
/// read back.
public final class RecordJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// Names the type of a record where a field allows several. No record has a field of this name
  /// there.
  private static final String KIND = "kind";

  private RecordJson() {}

  public static ObjectNode of(SpecificRecord record) {
    var json = NODES.objectNode();
    for (var field : record.getSchema().getFields()) {
      var value = record.get(field.pos());
      var node = node(value);
      if (value instanceof SpecificRecord nested && kinds(field.schema()).size() > 1) {
        node = NODES.objectNode().put(KIND, nested.getSchema().getName()).setAll((ObjectNode) node);
      }
      json.set(field.name(), node);
    }
    return json;
  }

  /// The records that a value of the schema can be.
  private static List<Schema> kinds(Schema schema) {
    return schema.isUnion()
        ? schema.getTypes().stream().filter(type -> type.getType() == Schema.Type.RECORD).toList()
        : List.of();
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case SpecificRecord nested -> of(nested);
      case List<?> list -> {
        var array = NODES.arrayNode();
        list.forEach(element -> array.add(node(element)));
        yield array;
      }
      case Long number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case Boolean flag -> NODES.booleanNode(flag);
      case Object other -> NODES.textNode(other.toString());
    };
  }

  /// Reads what [#of] wrote. An absent field has its default.
  ///
  /// @throws IllegalArgumentException if it is not such a record; the message names the field
  public static <T extends SpecificRecordBase> T read(Class<T> type, JsonNode json) {
    // Avro instantiates only trusted classes. The serdes make a class trusted; tests would not
    // notice
    // its absence, because their JVM trusts all.
    var _ = AvroSerde.of(type);
    return type.cast(record(SpecificData.get().getSchema(type), json));
  }

  private static Object record(Schema schema, JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("not a JSON object for a " + schema.getName());
    }
    var record =
        (SpecificRecord) SpecificData.newInstance(SpecificData.get().getClass(schema), schema);
    for (var field : schema.getFields()) {
      try {
        var value = json.get(field.name());
        record.put(
            field.pos(),
            value == null
                ? SpecificData.get().getDefaultValue(field)
                : value(field.schema(), value));
      } catch (IllegalArgumentException | DateTimeException | AvroRuntimeException e) {
        throw new IllegalArgumentException(
            "field %s of %s: %s".formatted(field.name(), schema.getName(), e.getMessage()), e);
      }
    }
    return record;
  }

  private static @Nullable Object value(Schema schema, JsonNode json) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, json);
      case UNION -> json.isNull() ? null : value(kind(schema, json), json);
      case ARRAY -> {
        require(json.isArray(), json);
        var list = new ArrayList<@Nullable Object>();
        json.forEach(element -> list.add(value(schema.getElementType(), element)));
        yield list;
      }
      case ENUM ->
          SpecificData.get()
              .createEnum(
                  schema.hasEnumSymbol(json.asText()) ? json.asText() : schema.getEnumDefault(),
                  schema);
      case LONG -> {
        if (schema.getLogicalType() != null) {
          yield Instant.parse(json.asText());
        }
        require(json.isIntegralNumber() && json.canConvertToLong(), json);
        yield json.longValue();
      }
      case INT -> {
        require(json.isInt(), json);
        yield json.intValue();
      }
      case DOUBLE -> {
        require(json.isNumber(), json);
        yield json.doubleValue();
      }
      case BOOLEAN -> {
        require(json.isBoolean(), json);
        yield json.booleanValue();
      }
      case STRING -> {
        require(json.isTextual(), json);
        yield json.textValue();
      }
      case FLOAT, BYTES, FIXED, MAP, NULL ->
          throw new IllegalArgumentException("no JSON for " + schema.getType());
    };
  }

  private static Schema kind(Schema union, JsonNode json) {
    return kinds(union).stream()
        .filter(kind -> kind.getName().equals(json.path(KIND).asText()))
        .findFirst()
        .orElse(union.getTypes().getLast());
  }

  private static void require(boolean right, JsonNode json) {
    if (!right) {
      throw new IllegalArgumentException("not %s".formatted(json));
    }
  }
}
