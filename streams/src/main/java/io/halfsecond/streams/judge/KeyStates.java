package io.halfsecond.streams.judge;

import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The detector's states, in a store of bytes; those used last also as objects, so that they need not be read again, nor
/// their bets be made again.
///
/// Not safe for use by several threads.
final class KeyStates {
  /// Some 15 kB each, most of it bets.
  private static final int KEPT = 4_096;

  private final ByteStore store;
  private final Map<String, KeyState> kept = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, KeyState> eldest) {
      return size() > KEPT;
    }
  };

  KeyStates(ByteStore store) {
    this.store = store;
  }

  /// A fresh state for a key not seen before. What is changed in it must be [#put].
  KeyState get(SignalKey key) {
    return kept.computeIfAbsent(key.text(), text -> {
      byte[] bytes = store.get(text);
      return bytes == null ? KeyState.fresh() : KeyState.fromBytes(bytes);
    });
  }

  void put(SignalKey key, KeyState state) {
    store.put(key.text(), state.toBytes());
  }

  void delete(SignalKey key) {
    kept.remove(key.text());
    store.delete(key.text());
  }

  /// The keys of an owner, in order.
  SortedSet<String> of(String owner) {
    var keys = new TreeSet<String>();
    store.scan(SignalKey.prefix(owner), (key, _) -> keys.add(key));
    return keys;
  }
}
