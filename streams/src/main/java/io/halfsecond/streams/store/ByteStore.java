package io.halfsecond.streams.store;

import io.halfsecond.schemas.UnknownSchemaException;
import io.halfsecond.schemas.UnknownVersionException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A store of bytes by text: a store of Kafka Streams, or a map.
public interface ByteStore {
  byte @Nullable [] get(String key);

  void put(String key, byte[] value);

  void delete(String key);

  /// Calls back for every key that begins with the prefix, in the order of the keys. The values are
  /// those at the beginning of the scan.
  void scan(String prefix, BiConsumer<String, byte[]> each);

  /// Removes a value that cannot be read or written. Whoever it belongs to begins anew.
  default void setAside(String key, RuntimeException why) {
    delete(key);
  }

  /// The value of a key, decoded; empty if there is none, or if it cannot be read and was therefore
  /// set aside.
  ///
  /// @throws UnknownVersionException if another version wrote it, which can read it again
  /// @throws UnknownSchemaException as above
  default <T> Optional<T> read(String key, Function<byte[], T> decode) {
    byte[] bytes = get(key);
    return bytes == null ? Optional.empty() : decoded(key, bytes, decode);
  }

  /// As [#read], of bytes of a scan.
  default <T> Optional<T> decoded(String key, byte[] bytes, Function<byte[], T> decode) {
    try {
      return Optional.of(decode.apply(bytes));
    } catch (UnknownVersionException | UnknownSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      setAside(key, e);
      return Optional.empty();
    }
  }
}
