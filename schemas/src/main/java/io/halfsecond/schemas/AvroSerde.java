package io.halfsecond.schemas;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Reads and writes one record type in Avro's single-object encoding (Avro 1.12 specification,
/// "Single-object encoding": `C3 01`, the CRC-64-AVRO fingerprint of the writer's schema,
/// little-endian, then the binary body). The fingerprint finds the writer's schema among the
/// current and all [ReleasedSchemas], so that no registry is needed.
///
/// **Guarantees** what any released version wrote can be read; anything else throws a
/// [SerializationException] that names the topic and what was wrong. Tombstones (null) pass
/// through. Safe for use by several threads.
public final class AvroSerde<T extends SpecificRecordBase> implements Serde<T> {
  static {
    // Avro 1.12.2 instantiates only classes that are marked as trusted. The set is global to the
    // JVM: add
    // to it, keep the rest.
    var packageName = AvroSerde.class.getPackageName();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(packageName)));
  }

  private final BinaryMessageEncoder<T> encoder;
  private final BinaryMessageDecoder<T> decoder;
  private final String type;

  private AvroSerde(Class<T> type) {
    SpecificData model = SpecificData.getForClass(type);
    Schema schema = model.getSchema(type);
    var writers = new SchemaStore.Cache();
    ReleasedSchemas.of(schema.getName()).forEach(writers::addSchema);
    this.type = schema.getName();
    this.encoder = new BinaryMessageEncoder<>(model, schema);
    this.decoder = new BinaryMessageDecoder<>(model, schema, writers);
  }

  public static <T extends SpecificRecordBase> AvroSerde<T> of(Class<T> type) {
    return new AvroSerde<>(type);
  }

  /// A record's bytes as they go on the topic.
  public byte[] encode(T value) {
    try {
      ByteBuffer buffer = encoder.encode(value);
      var bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws SerializationException if the bytes are not one whole record of this type; the message
  ///   says why
  public T decode(byte[] bytes) {
    var in = new ByteArrayInputStream(bytes);
    T value;
    try {
      value = decoder.decode(in, null);
    } catch (IOException | RuntimeException e) {
      // Avro throws several kinds for bytes that it did not write.
      throw new SerializationException(
          "not a readable %s (%d bytes): %s".formatted(type, bytes.length, e), e);
    }
    if (in.available() > 0) {
      throw new SerializationException(
          "%s: %d bytes left over after the record".formatted(type, in.available()));
    }
    return value;
  }

  @Override
  public Serializer<T> serializer() {
    return (topic, value) -> encodeNullable(value);
  }

  @Override
  public Deserializer<T> deserializer() {
    return this::decodeFrom;
  }

  @SuppressWarnings("NullAway") // Kafka's Serializer passes and returns null for a tombstone
  private byte[] encodeNullable(@Nullable T value) {
    return value == null ? null : encode(value);
  }

  @SuppressWarnings("NullAway") // as above
  private T decodeFrom(String topic, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return decode(bytes);
    } catch (SerializationException e) {
      throw new SerializationException("topic " + topic + ": " + e.getMessage(), e);
    }
  }
}
