package io.halfsecond.schemas.travel;

import io.halfsecond.schemas.RecordSchemas;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaIncompatibilityType;
import org.apache.avro.SchemaNormalization;

/// Decides whether a schema that somebody wrote may be used to read records.
///
/// **Guarantees** a schema that passes is of one of our records, has the fingerprint of its key if
/// it has one, and reading with it takes work in proportion to the bytes of a record. It is in
/// Avro's parsing canonical form: what the fingerprint does not cover, such as defaults and
/// aliases, is not used.
public final class SchemaCheck {
  /// Characters. The longest of ours has 8,000.
  static final int LONGEST = 1 << 16;

  /// Types within types. Ours have up to 12.
  static final int DEEPEST = 40;

  /// Types in a record and all that it holds, each counted as often as it occurs. Ours have up to
  /// 600.
  static final int LARGEST = 10_000;

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{16}");

  private SchemaCheck() {}

  static String key(long fingerprint) {
    return HexFormat.of().toHexDigits(fingerprint);
  }

  /// @throws RefusedSchemaException if it is not a fingerprint
  static long fingerprint(String key) throws RefusedSchemaException {
    if (!KEY.matcher(key).matches()) {
      throw new RefusedSchemaException(
          Refusal.KEY, "a key of %d characters is no fingerprint".formatted(key.length()));
    }
    return HexFormat.fromHexDigitsToLong(key);
  }

  /// @throws RefusedSchemaException if it must not be used
  static Schema check(long fingerprint, String json) throws RefusedSchemaException {
    var schema = check(key(fingerprint), json);
    if (SchemaNormalization.parsingFingerprint64(schema) != fingerprint) {
      throw refused(Refusal.FINGERPRINT, key(fingerprint), "the schema has another fingerprint");
    }
    return schema;
  }

  /// @param name of the schema, for the message
  /// @throws RefusedSchemaException if it must not be used
  public static Schema check(String name, String json) throws RefusedSchemaException {
    if (json.length() > LONGEST) {
      throw refused(
          Refusal.SIZE, name, "%,d characters are more than %,d".formatted(json.length(), LONGEST));
    }
    requireShallow(name, json);
    var schema = parse(name, json);
    if (schema.getType() != Schema.Type.RECORD) {
      throw refused(Refusal.TYPE, name, "it is not of a record");
    }
    requireBounded(name, schema);
    var canonical = parse(name, SchemaNormalization.toParsingForm(schema));
    requireReadable(name, canonical);
    return canonical;
  }

  /// A parser calls itself for each level. The brackets are counted within texts as well: no text
  /// of ours has any.
  private static void requireShallow(String name, String json) throws RefusedSchemaException {
    int depth = 0;
    for (int i = 0; i < json.length(); i++) {
      switch (json.charAt(i)) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {
          continue;
        }
      }
      // A type is an object, within an object for its field and the list of fields.
      if (depth > 3 * DEEPEST) {
        throw refused(Refusal.UNBOUNDED, name, "it is nested too deeply");
      }
    }
  }

  private static Schema parse(String name, String json) throws RefusedSchemaException {
    try {
      return new Schema.Parser().parse(json);
    } catch (RuntimeException e) {
      // Avro throws several kinds for text that is no schema.
      throw refused(Refusal.MALFORMED, name, "it is no schema");
    }
  }

  /// A field that this version does not know is skipped. What has no bytes would be skipped as
  /// often as an array says; what holds itself, as deeply as the record says.
  private static void requireBounded(String name, Schema schema) throws RefusedSchemaException {
    if (!(new Extent().of(schema, 0) <= LARGEST)) {
      throw refused(
          Refusal.UNBOUNDED, name, "it holds itself, too much, or something without bytes");
    }
  }

  /// How many types a schema holds, each as often as it occurs; infinite where there is no bound.
  private static final class Extent {
    private final Map<String, Double> named = new HashMap<>();

    private double of(Schema schema, int depth) {
      if (depth > DEEPEST) {
        return Double.POSITIVE_INFINITY;
      }
      return switch (schema.getType()) {
        case RECORD -> ofRecord(schema, depth);
        case ARRAY -> 1 + of(schema.getElementType(), depth + 1);
        case MAP -> 1 + of(schema.getValueType(), depth + 1);
        case UNION ->
            1
                + schema.getTypes().stream()
                    .mapToDouble(
                        type -> type.getType() == Schema.Type.NULL ? 1 : of(type, depth + 1))
                    .sum();
        case FIXED -> schema.getFixedSize() > 0 ? 1 : Double.POSITIVE_INFINITY;
        case NULL -> Double.POSITIVE_INFINITY;
        case ENUM, STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN -> 1;
      };
    }

    private double ofRecord(Schema record, int depth) {
      if (record.getFields().isEmpty()) {
        return Double.POSITIVE_INFINITY;
      }
      var known = named.putIfAbsent(record.getFullName(), Double.POSITIVE_INFINITY);
      if (known != null) {
        return known;
      }
      double extent =
          1 + record.getFields().stream().mapToDouble(field -> of(field.schema(), depth + 1)).sum();
      named.put(record.getFullName(), extent);
      return extent;
    }
  }

  /// A kind of finding that this version does not know makes the record unreadable that has it, not
  /// the others.
  private static void requireReadable(String name, Schema writer) throws RefusedSchemaException {
    var reader =
        RecordSchemas.named(writer.getFullName())
            .orElseThrow(() -> refused(Refusal.TYPE, name, "this version knows no such record"));
    var incompatible =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
            .getResult()
            .getIncompatibilities()
            .stream()
            .filter(found -> found.getType() != SchemaIncompatibilityType.MISSING_UNION_BRANCH)
            .findFirst();
    if (incompatible.isPresent()) {
      throw refused(
          Refusal.INCOMPATIBLE,
          name,
          "this version cannot read a %s of it (%s)"
              .formatted(reader.getName(), incompatible.get().getType()));
    }
  }

  private static RefusedSchemaException refused(Refusal refusal, String name, String why) {
    return new RefusedSchemaException(refusal, name + ": " + why);
  }
}
