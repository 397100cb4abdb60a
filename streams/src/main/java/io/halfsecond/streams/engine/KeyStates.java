package io.halfsecond.streams.engine;

import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The states of the detector, in a store of bytes. Those used last are also kept as objects, which
/// saves decoding them and computing their bets.
///
/// Not safe for use by several threads.
public final class KeyStates {
  /// About 15 kB each, most of it for bets.
  private static final int KEPT = 4_096;

  private final ByteStore store;
  private final boolean writesBack;
  private final Map<String, KeyState> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KeyState> eldest) {
          if (size() <= KEPT) {
            return false;
          }
          if (writesBack) {
            store.put(eldest.getKey(), eldest.getValue().toBytes());
          }
          return true;
        }
      };

  private KeyStates(ByteStore store, boolean writesBack) {
    this.store = store;
    this.writesBack = writesBack;
  }

  /// Writes every change to the store at once, for a store that outlives the process.
  public static KeyStates writingThrough(ByteStore store) {
    return new KeyStates(store, false);
  }

  /// Writes a state to the store only when it is evicted from memory, for a store that does not
  /// outlive the process.
  public static KeyStates writingBack(ByteStore store) {
    return new KeyStates(store, true);
  }

  /// The state of a key, fresh for a new key. A changed state must be [#put].
  KeyState get(SignalKey key) {
    return kept.computeIfAbsent(
        key.text(),
        text -> {
          byte[] bytes = store.get(text);
          return bytes == null ? KeyState.fresh() : KeyState.fromBytes(bytes);
        });
  }

  void put(SignalKey key, KeyState state) {
    if (writesBack) {
      kept.put(key.text(), state);
    } else {
      store.put(key.text(), state.toBytes());
    }
  }

  /// The keys of an owner that this version judges, in order.
  SortedSet<String> of(String owner) {
    var keys = new TreeSet<String>();
    var prefix = SignalKey.prefix(owner);
    store.scan(
        prefix,
        (key, _) -> {
          if (SignalKey.isJudged(key)) {
            keys.add(key);
          }
        });
    if (writesBack) {
      kept.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(keys::add);
    }
    return keys;
  }
}
