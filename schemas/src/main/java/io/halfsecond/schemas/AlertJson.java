package io.halfsecond.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/// An alert as one line of JSON: the fields of the Avro record under their own names, times in ISO
/// 8601.
public final class AlertJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private AlertJson() {}

  public static String of(Alert alert) {
    return Printable.json(RecordJson.of(alert).toString());
  }

  /// That line in UTF-8.
  public static Serde<Alert> serde() {
    return Serdes.serdeFrom((_, alert) -> encoded(alert), (_, bytes) -> decoded(bytes));
  }

  @SuppressWarnings("NullAway") // Kafka's Serializer passes and returns null for a tombstone
  private static byte[] encoded(@Nullable Alert alert) {
    return alert == null ? null : of(alert).getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("NullAway") // as above
  private static Alert decoded(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return RecordJson.read(
          Alert.class, MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw new SerializationException("not an alert in JSON: " + e.getMessage(), e);
    }
  }
}
