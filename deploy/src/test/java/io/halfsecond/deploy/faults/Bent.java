package io.halfsecond.deploy.faults;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Changes one value somewhere in a record to one that its type allows and nobody expects. Fields
/// are found by the schema, so those that are added later are bent too.
final class Bent {
  private static final int MANY = 300;

  private static final List<Long> LONGS =
      List.of(0L, -1L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53, 366L * 86_400_000_000_000L);

  private static final List<Double> DOUBLES =
      List.of(
          -0.0,
          0.0,
          -1.0,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.MIN_VALUE,
          Double.MAX_VALUE);

  /// As far as microseconds reach.
  private static final List<Instant> TIMES =
      List.of(
          Instant.EPOCH,
          Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS),
          Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS),
          Instant.parse("9999-12-31T23:59:59Z"),
          Instant.parse("0000-01-01T00:00:00Z"));

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\u0000",
          "x".repeat(512),
          "x".repeat(100_000),
          "\u202e\u2066\u001b[2J\n",
          "../../etc/passwd",
          "\"}{\\",
          "%s%n{}",
          "\ud83d\ude00".repeat(256));

  private final SplittableRandom random;

  Bent(SplittableRandom random) {
    this.random = random;
  }

  <R extends SpecificRecord> R bend(R record) {
    var field = oneOf(record.getSchema().getFields());
    record.put(field.pos(), bent(field.schema(), record.get(field.pos())));
    return record;
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private @Nullable Object bent(Schema schema, @Nullable Object value) {
    return switch (schema.getType()) {
      case UNION -> inUnion(schema, value);
      case LONG -> schema.getLogicalType() == null ? oneOf(LONGS) : oneOf(TIMES);
      case INT -> oneOf(List.of(0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE));
      case DOUBLE -> oneOf(DOUBLES);
      case FLOAT -> oneOf(DOUBLES).floatValue();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> oneOf(TEXTS);
      case ENUM -> SpecificData.get().createEnum(oneOf(schema.getEnumSymbols()), schema);
      case ARRAY -> value instanceof List<?> list ? inList(schema.getElementType(), list) : value;
      case MAP -> value instanceof Map<?, ?> map ? inMap(schema.getValueType(), map) : value;
      case RECORD -> value instanceof SpecificRecord inner ? bend(inner) : value;
      case NULL, BYTES, FIXED -> value;
    };
  }

  private @Nullable Object inUnion(Schema union, @Nullable Object value) {
    var present =
        union.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    return union.isNullable() && random.nextInt(4) == 0 ? null : bent(present.getFirst(), value);
  }

  private List<?> inList(Schema element, List<?> list) {
    return switch (random.nextInt(3)) {
      case 0 -> List.of();
      case 1 -> list.isEmpty() ? list : Collections.nCopies(MANY, list.getFirst());
      default -> {
        var changed = new ArrayList<@Nullable Object>(list);
        if (!changed.isEmpty()) {
          int at = random.nextInt(changed.size());
          changed.set(at, bent(element, changed.get(at)));
        }
        yield changed;
      }
    };
  }

  private Map<String, ?> inMap(Schema values, Map<?, ?> map) {
    var changed = new HashMap<String, @Nullable Object>();
    var like = map.isEmpty() ? null : map.values().iterator().next();
    var value = bent(values, like);
    if (value != null) {
      for (int n = random.nextInt(2) * MANY; n >= 0; n--) {
        changed.put(oneOf(TEXTS) + n, value);
      }
    }
    return changed;
  }
}
