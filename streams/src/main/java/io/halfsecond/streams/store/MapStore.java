package io.halfsecond.streams.store;

import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A [ByteStore] in memory.
public final class MapStore implements ByteStore {
  private final TreeMap<String, byte[]> map = new TreeMap<>();

  @Override
  public byte @Nullable [] get(String key) {
    return map.get(key);
  }

  @Override
  public void put(String key, byte[] value) {
    map.put(key, value);
  }

  @Override
  public void delete(String key) {
    map.remove(key);
  }

  @Override
  public void scan(String prefix, BiConsumer<String, byte[]> each) {
    new TreeMap<>(map.subMap(prefix, prefix + Character.MAX_VALUE)).forEach(each);
  }
}
