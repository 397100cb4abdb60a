package io.halfsecond.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecordBase;

/// Schemas of a version that does not exist yet, made from the present ones.
public final class NewerSchema {
  /// Of the single-object encoding.
  private static final int HEADER = 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  private NewerSchema() {}

  /// With another field, the second of the record.
  public static Schema withField(Schema schema, String name, String type) {
    return changed(
        schema,
        schema.getName(),
        record ->
            ((ArrayNode) record.get("fields"))
                .insert(
                    1,
                    json(
                        "{\"name\":\"%s\",\"type\":%s%s}"
                            .formatted(
                                name,
                                type,
                                type.startsWith("[\"null\"") ? ",\"default\":null" : ""))));
  }

  /// With another symbol of an enum that the record holds.
  public static Schema withSymbol(Schema schema, String enumName, String symbol) {
    return changed(schema, enumName, found -> ((ArrayNode) found.get("symbols")).add(symbol));
  }

  /// With another member of a union field.
  public static Schema withMember(Schema schema, String field, String type) {
    return changed(
        schema,
        schema.getName(),
        record -> {
          for (var each : record.get("fields")) {
            if (each.get("name").asText().equals(field)) {
              ((ArrayNode) each.get("type")).add(json(type));
            }
          }
        });
  }

  /// A record of ours as a newer version holds it.
  public static GenericRecord record(SpecificRecordBase ours, Schema newer) {
    var bytes = Examples.serdeOf(ours).encode(ours);
    var reader = new GenericDatumReader<GenericRecord>(ours.getSchema(), newer, new GenericData());
    try {
      return reader.read(
          null, DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a newer version writes it.
  public static byte[] bytes(GenericRecord record) {
    try {
      var buffer =
          new BinaryMessageEncoder<GenericRecord>(new GenericData(), record.getSchema())
              .encode(record);
      var bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema changed(Schema schema, String name, Consumer<JsonNode> change) {
    var root = json(schema.toString());
    change.accept(find(root, name));
    return new Schema.Parser().parse(root.toString());
  }

  private static JsonNode find(JsonNode root, String name) {
    var left = new ArrayDeque<JsonNode>();
    left.add(root);
    while (!left.isEmpty()) {
      var node = left.remove();
      if (node instanceof ObjectNode
          && node.path("name").asText().equals(name)
          && (node.has("fields") || node.has("symbols"))) {
        return node;
      }
      node.forEach(left::add);
    }
    throw new IllegalArgumentException("no " + name);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
