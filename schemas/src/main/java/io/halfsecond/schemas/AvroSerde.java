package io.halfsecond.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.AvroTypeException;
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
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Reads and writes one record type in Avro's single-object encoding (Avro 1.12 specification,
/// "Single-object encoding": `C3 01`, the CRC-64-AVRO fingerprint of the writer's schema,
/// little-endian, then the binary body). The fingerprint finds the writer's schema among the
/// current one, all [ReleasedSchemas] and the [WriterSchemas] of other versions, so that no
/// registry is needed.
///
/// With [#registered] it also reads, and may write, the wire format of Confluent's schema registry:
/// a zero byte, the id of the schema in the registry, four bytes, big-endian, then the same body.
///
/// **Guarantees** what any released version wrote can be read; anything else throws a
/// [SerializationException] that names the topic and what was wrong. Tombstones (null) pass
/// through. Safe for use by several threads.
public final class AvroSerde<T extends SpecificRecordBase> implements ReadingSerde<T> {
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
  private static final byte REGISTRY_MARKER = 0;
  private static final int REGISTRY_HEADER_BYTES = Byte.BYTES + Integer.BYTES;

  private final SpecificData model;
  private final Schema schema;
  private final WriterSchemas others;
  private final Optional<RegisteredSchemas> registry;

  /// What it writes with; empty for single-object encoding.
  private final OptionalInt registeredId;

  private final BinaryMessageEncoder<T> encoder;

  /// By the fingerprint of the writer's schema.
  private final Map<Long, DatumReader<T>> readers;

  /// As above, of the schemas of other versions.
  private final Map<Long, DatumReader<T>> readersOfOthers = new ConcurrentHashMap<>();

  /// By the id that the registry gave the writer's schema, which never changes.
  private final Map<Integer, DatumReader<T>> readersOfRegistered = new ConcurrentHashMap<>();

  private final String type;

  /// How a value was written.
  ///
  /// @param headerBytes where its body begins
  /// @param built whether this version was built with the writer's schema
  private record Written<T>(int headerBytes, DatumReader<T> reader, boolean built) {}

  private AvroSerde(Class<T> type) {
    this.model = SpecificData.getForClass(type);
    this.schema = model.getSchema(type);
    this.others = WriterSchemas.NONE;
    this.registry = Optional.empty();
    this.registeredId = OptionalInt.empty();
    this.type = schema.getName();
    this.encoder = new BinaryMessageEncoder<>(model, schema);
    this.readers =
        Stream.concat(ReleasedSchemas.of(schema.getName()).stream(), Stream.of(schema))
            .collect(
                Collectors.toUnmodifiableMap(
                    SchemaNormalization::parsingFingerprint64,
                    this::readerOf,
                    (_, current) -> current));
  }

  private AvroSerde(
      AvroSerde<T> like,
      WriterSchemas others,
      Optional<RegisteredSchemas> registry,
      OptionalInt registeredId) {
    this.model = like.model;
    this.schema = like.schema;
    this.others = others;
    this.registry = registry;
    this.registeredId = registeredId;
    this.type = like.type;
    this.encoder = like.encoder;
    this.readers = like.readers;
  }

  public static <T extends SpecificRecordBase> AvroSerde<T> of(Class<T> type) {
    return new AvroSerde<>(type);
  }

  /// The same that also reads what was written with these schemas. They cannot replace a schema
  /// that this version knows.
  @Override
  public AvroSerde<T> reading(WriterSchemas schemas) {
    return new AvroSerde<>(this, schemas, registry, registeredId);
  }

  /// The same that also reads what was written with schemas of a registry.
  ///
  /// @param id of the schema of this version there, to write with; empty to write as without it
  AvroSerde<T> registered(RegisteredSchemas schemas, OptionalInt id) {
    return new AvroSerde<>(this, others, Optional.of(schemas), id);
  }

  @SuppressWarnings("unchecked") // the model makes readers of any type
  private DatumReader<T> readerOf(Schema writer) {
    return (DatumReader<T>) model.createDatumReader(writer, schema);
  }

  /// A record's bytes as they go on the topic.
  public byte[] encode(T value) {
    try {
      ByteBuffer buffer = encoder.encode(value);
      if (registeredId.isPresent()) {
        int body = buffer.remaining() - HEADER_BYTES;
        return ByteBuffer.allocate(REGISTRY_HEADER_BYTES + body)
            .put(REGISTRY_MARKER)
            .putInt(registeredId.getAsInt())
            .put(buffer.slice(buffer.position() + HEADER_BYTES, body))
            .array();
      }
      var bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The record's bytes as this version writes them if a version wrote them that it does not know,
  /// else the same bytes. For stores that hold other values beside the records.
  ///
  /// @throws SerializationException as [#decode]
  public byte[] renewed(byte[] bytes) {
    return isEncoded(bytes) && !readers.containsKey(fingerprint(bytes))
        ? encode(decode(bytes))
        : bytes;
  }

  /// @throws UnknownKindException if another version wrote it with a member that this version lacks
  /// @throws UnreachableRegistryException if a registry that has to be asked does not answer
  /// @throws SerializationException if the bytes are not one whole record of this type; the message
  ///   says why
  public T decode(byte[] bytes) {
    var written = written(bytes);
    int header = written.headerBytes();
    // Over a stream, as Avro's own decoder of messages reads, a decoder does not know how much is
    // left, and allocates whatever length the bytes name.
    var body = DecoderFactory.get().binaryDecoder(bytes, header, bytes.length - header, null);
    T value;
    try {
      value = written.reader().read(null, body);
    } catch (IOException | RuntimeException e) {
      // Avro throws several kinds for bytes that it did not write.
      var message = "not a readable %s (%d bytes): %s".formatted(type, bytes.length, e);
      throw e instanceof AvroTypeException && !written.built()
          ? new UnknownKindException(message, e)
          : new SerializationException(message, e);
    }
    if (body.remainingBytes() > 0) {
      throw new SerializationException(
          "not a readable %s (%d bytes): %d bytes left over after the record"
              .formatted(type, bytes.length, body.remainingBytes()));
    }
    return value;
  }

  private Written<T> written(byte[] bytes) {
    if (isEncoded(bytes)) {
      long fingerprint = fingerprint(bytes);
      var reader = readers.get(fingerprint);
      return reader == null
          ? new Written<>(HEADER_BYTES, readerOfOther(fingerprint, bytes.length), false)
          : new Written<>(HEADER_BYTES, reader, true);
    }
    if (bytes.length >= REGISTRY_HEADER_BYTES && bytes[0] == REGISTRY_MARKER) {
      int id = ByteBuffer.wrap(bytes).getInt(Byte.BYTES);
      return new Written<>(REGISTRY_HEADER_BYTES, readerOfRegistered(id, bytes.length), false);
    }
    throw new SerializationException(
        "not a readable %s (%d bytes): no single-object encoding".formatted(type, bytes.length));
  }

  private DatumReader<T> readerOfRegistered(int id, int length) {
    var known = readersOfRegistered.get(id);
    if (known != null) {
      return known;
    }
    var writer =
        registry
            .orElseThrow(
                () ->
                    new SerializationException(
                        "not a readable %s (%d bytes): schema %d of a schema registry, and schema.registry.url is not set"
                            .formatted(type, length, id)))
            .find(id)
            .filter(found -> found.getFullName().equals(schema.getFullName()))
            .orElseThrow(
                () ->
                    new UnknownSchemaException(
                        "not a readable %s (%d bytes): the schema registry has no such schema %d"
                            .formatted(type, length, id)));
    var reader = readerOf(writer);
    readersOfRegistered.put(id, reader);
    return reader;
  }

  /// The schema is looked up each time: it may be withdrawn.
  private DatumReader<T> readerOfOther(long fingerprint, int length) {
    var writer =
        others
            .find(schema.getFullName(), fingerprint)
            .orElseThrow(
                () ->
                    new UnknownSchemaException(
                        "not a readable %s (%d bytes): no schema with the fingerprint %016x is known"
                            .formatted(type, length, fingerprint)));
    return readersOfOthers.computeIfAbsent(fingerprint, _ -> readerOf(writer));
  }

  private static boolean isEncoded(byte[] bytes) {
    return bytes.length >= HEADER_BYTES
        && Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort()) == MARKER;
  }

  private static long fingerprint(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(Short.BYTES);
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
    } catch (UnknownKindException e) {
      throw new UnknownKindException("topic " + topic + ": " + e.getMessage(), e);
    } catch (SerializationException e) {
      throw new SerializationException("topic " + topic + ": " + e.getMessage(), e);
    }
  }
}
