package io.halfsecond.streams.processor;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/// A record's value with the bytes that it was read from. Its code is that of the bytes: written
/// again, with the reader's schema, they may be others.
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Received<V>(V value, byte[] bytes) {

  /// Reads values with the serde of their topic. Nothing is written.
  public static <V> Serde<Received<V>> serde(Serde<V> values) {
    var reader = values.deserializer();
    return Serdes.serdeFrom(
        (_, received) -> received.bytes(),
        new Deserializer<>() {
          @Override
          public Received<V> deserialize(String topic, byte[] bytes) {
            return received(bytes, reader.deserialize(topic, bytes));
          }

          @Override
          public Received<V> deserialize(String topic, Headers headers, byte[] bytes) {
            return received(bytes, reader.deserialize(topic, headers, bytes));
          }
        });
  }

  @SuppressWarnings("NullAway") // Kafka's Deserializer passes and returns null for a tombstone
  private static <V> Received<V> received(byte @Nullable [] bytes, @Nullable V value) {
    return bytes == null || value == null ? null : new Received<>(value, bytes);
  }
}
