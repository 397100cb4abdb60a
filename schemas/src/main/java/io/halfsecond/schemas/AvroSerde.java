package io.halfsecond.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
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

  private static final int MARKER = 0xC301;
  private static final int HEADER_BYTES = Short.BYTES + Long.BYTES;

  private final BinaryMessageEncoder<T> encoder;

  /// By the fingerprint of the writer's schema.
  private final Map<Long, DatumReader<T>> readers = new HashMap<>();

  private final String type;

  @SuppressWarnings("unchecked") // the model makes readers of any type
  private AvroSerde(Class<T> type) {
    SpecificData model = SpecificData.getForClass(type);
    Schema schema = model.getSchema(type);
    this.type = schema.getName();
    this.encoder = new BinaryMessageEncoder<>(model, schema);
    Stream.concat(ReleasedSchemas.of(schema.getName()).stream(), Stream.of(schema))
        .forEach(
            writer ->
                readers.put(
                    SchemaNormalization.parsingFingerprint64(writer),
                    (DatumReader<T>) model.createDatumReader(writer, schema)));
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
    var reader = reader(bytes);
    // Over a stream, as Avro's own decoder of messages reads, a decoder does not know how much is
    // left, and allocates whatever length the bytes name.
    var body =
        DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
    T value;
    try {
      value = reader.read(null, body);
    } catch (IOException | RuntimeException e) {
      // Avro throws several kinds for bytes that it did not write.
      throw new SerializationException(
          "not a readable %s (%d bytes): %s".formatted(type, bytes.length, e), e);
    }
    if (body.remainingBytes() > 0) {
      throw new SerializationException(
          "not a readable %s (%d bytes): %d bytes left over after the record"
              .formatted(type, bytes.length, body.remainingBytes()));
    }
    return value;
  }

  private DatumReader<T> reader(byte[] bytes) {
    var header = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES || Short.toUnsignedInt(header.getShort()) != MARKER) {
      throw new SerializationException(
          "not a readable %s (%d bytes): no single-object encoding".formatted(type, bytes.length));
    }
    long fingerprint = header.order(ByteOrder.LITTLE_ENDIAN).getLong();
    var reader = readers.get(fingerprint);
    if (reader == null) {
      throw new UnknownSchemaException(
          "not a readable %s (%d bytes): no schema with the fingerprint %016x is known"
              .formatted(type, bytes.length, fingerprint));
    }
    return reader;
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
