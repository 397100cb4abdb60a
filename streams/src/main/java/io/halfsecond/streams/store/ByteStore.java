package io.halfsecond.streams.store;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A store of bytes by text: a store of Kafka Streams, or a map.
public interface ByteStore {
  byte @Nullable [] get(String key);

  void put(String key, byte[] value);

  void delete(String key);

  /// Calls back for every key that begins with the prefix, in the order of the keys. The values are
  /// those at the beginning of the scan.
  void scan(String prefix, BiConsumer<String, byte[]> each);
}
