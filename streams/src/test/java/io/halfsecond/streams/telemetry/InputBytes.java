package io.halfsecond.streams.telemetry;

/// Reads the bytes of a record as the topology does.
public final class InputBytes {
  private InputBytes() {}

  /// @throws org.apache.kafka.common.errors.SerializationException if they are no record
  public static <V> Input read(InputTopic<V> topic, byte[] bytes) {
    return topic
        .asInput()
        .apply(topic.topic().valueSerde().deserializer().deserialize(topic.topic().name(), bytes));
  }
}
