package io.halfsecond.schemas;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes alerts with the headers of [AlertEvent], and reads them with or without.
///
/// @param values the format of the value
/// @param source as in [AlertEvent]
/// @param contentType of that format
record AlertEventSerde(Serde<Alert> values, String source, String contentType)
    implements ReadingSerde<Alert> {

  @Override
  public AlertEventSerde reading(WriterSchemas schemas) {
    return values instanceof ReadingSerde<Alert> reader
        ? new AlertEventSerde(reader.reading(schemas), source, contentType)
        : this;
  }

  @Override
  public Serializer<Alert> serializer() {
    var serializer = values.serializer();
    return new Serializer<>() {
      @Override
      public byte[] serialize(String topic, Alert alert) {
        return serializer.serialize(topic, alert);
      }

      @Override
      @SuppressWarnings("NullAway") // Kafka's Serializer passes null for a tombstone
      public byte[] serialize(String topic, Headers headers, @Nullable Alert alert) {
        if (alert != null) {
          AlertEvent.describe(headers, alert, source, contentType);
        }
        return serializer.serialize(topic, alert);
      }
    };
  }

  @Override
  public Deserializer<Alert> deserializer() {
    return values.deserializer();
  }
}
