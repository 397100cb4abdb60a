package io.halfsecond.streams.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Objects in front of a [ByteStore]. One that changes with every record is decoded once, and
/// encoded once for many records: by [#write], which must be called before the store is committed,
/// or when it makes room for another.
///
/// Several may share a store, if each has keys of its own. Not safe for use by several threads.
public final class ObjectStore<T> {
  private static final class Held<T> {
    /// Null if it was deleted.
    private @Nullable T value;

    /// Whether it is among the unwritten: asked for with every change.
    private boolean changed;
  }

  private final ByteStore store;
  private final Function<byte[], T> decode;
  private final Function<T, byte[]> encode;

  /// The one that was used last is the last one.
  private final LinkedHashMap<String, Held<T>> held;

  /// Those of them that have changed since they were written, in the order of their keys.
  private final TreeMap<String, Held<T>> unwritten = new TreeMap<>();

  /// @param decode throws a RuntimeException if the bytes cannot be read
  /// @param kept how many objects are kept in memory
  public ObjectStore(
      ByteStore store, Function<byte[], T> decode, Function<T, byte[]> encode, int kept) {
    this.store = store;
    this.decode = decode;
    this.encode = encode;
    this.held =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Held<T>> eldest) {
            if (size() <= kept) {
              return false;
            }
            if (unwritten.remove(eldest.getKey()) != null) {
              writeOne(eldest.getKey(), eldest.getValue());
            }
            return true;
          }
        };
  }

  /// The object of a key, itself and not a copy. If it is changed, it must be [#put].
  public Optional<T> get(String key) {
    var known = held.get(key);
    if (known != null) {
      return Optional.ofNullable(known.value);
    }
    // What is not there is not kept: whoever asks for invented keys must not push others out.
    var read = store.read(key, decode);
    read.ifPresent(
        value -> {
          var entry = new Held<T>();
          entry.value = value;
          held.put(key, entry);
        });
    return read;
  }

  public void put(String key, T value) {
    set(key, value);
  }

  public void delete(String key) {
    set(key, null);
  }

  private void set(String key, @Nullable T value) {
    var known = held.computeIfAbsent(key, _ -> new Held<>());
    known.value = value;
    if (!known.changed) {
      known.changed = true;
      unwritten.put(key, known);
    }
  }

  /// The keys that begin with a prefix, in order.
  public SortedSet<String> keys(String prefix) {
    var keys = new TreeSet<String>();
    store.scan(prefix, (key, _) -> keys.add(key));
    for (var entry : unwritten.tailMap(prefix).entrySet()) {
      var key = entry.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      if (entry.getValue().value == null) {
        keys.remove(key);
      } else {
        keys.add(key);
      }
    }
    return keys;
  }

  /// Calls back for every key that begins with the prefix, in the order of the keys. The objects
  /// are those at the beginning of the scan.
  public void scan(String prefix, BiConsumer<String, T> each) {
    write();
    store.scan(
        prefix,
        (key, bytes) -> {
          var known = held.get(key);
          if (known != null && known.value != null) {
            each.accept(key, known.value);
          } else {
            store.decoded(key, bytes, decode).ifPresent(value -> each.accept(key, value));
          }
        });
  }

  /// Writes what has changed to the store.
  public void write() {
    unwritten.forEach(this::writeOne);
    unwritten.clear();
  }

  private void writeOne(String key, Held<T> known) {
    known.changed = false;
    if (known.value == null) {
      store.delete(key);
      return;
    }
    byte[] bytes;
    try {
      bytes = encode.apply(known.value);
    } catch (RuntimeException e) {
      // One that cannot be written must not keep the others from being committed.
      known.value = null;
      store.setAside(key, e);
      return;
    }
    store.put(key, bytes);
  }
}
