package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.streams.store.ByteStore;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/// A store of Kafka Streams for a thread that answers questions beside the stream threads. What
/// cannot be read is passed over: the stream thread that owns it sets it aside.
///
/// Safe for use by several threads.
public final class ReadOnlyStore implements ByteStore {
  private final ReadOnlyKeyValueStore<String, byte[]> store;
  private final String name;
  private final UnaryOperator<byte[]> renew;

  private ReadOnlyStore(
      ReadOnlyKeyValueStore<String, byte[]> store, String name, UnaryOperator<byte[]> renew) {
    this.store = store;
    this.name = name;
    this.renew = renew;
  }

  public static ByteStore of(ReadOnlyKeyValueStore<String, byte[]> store, String name) {
    return new ReadOnlyStore(store, name, UnaryOperator.identity());
  }

  /// A store of encoded records, perhaps among other values.
  public static ByteStore of(
      ReadOnlyKeyValueStore<String, byte[]> store, String name, AvroSerde<?> serde) {
    return new ReadOnlyStore(store, name, serde::renewed);
  }

  @Override
  public byte @Nullable [] get(String key) {
    return readable(key, store.get(key)).orElse(null);
  }

  @Override
  public void scan(String prefix, BiConsumer<String, byte[]> each) {
    try (var scanned =
        prefix.isEmpty() ? store.all() : store.prefixScan(prefix, new StringSerializer())) {
      scanned.forEachRemaining(
          entry ->
              readable(entry.key, entry.value).ifPresent(bytes -> each.accept(entry.key, bytes)));
    }
  }

  private Optional<byte[]> readable(String key, byte @Nullable [] bytes) {
    return bytes == null
        ? Optional.empty()
        : decoded(
                key,
                bytes,
                found -> Optional.ofNullable(KnownKinds.orNull(name, () -> renew.apply(found))))
            .flatMap(found -> found);
  }

  @Override
  public void setAside(String key, RuntimeException why) {
    // Left to the stream thread.
  }

  @Override
  public void put(String key, byte[] value) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public void delete(String key) {
    throw new UnsupportedOperationException("read only");
  }
}
