package io.halfsecond.streams.engine;

import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.ObjectStore;
import java.util.SortedSet;

/// The states of the detector, in a store of bytes. Those used last are also kept as objects, which
/// saves decoding them and computing their bets.
///
/// Not safe for use by several threads.
public final class KeyStates {
  /// About 15 kB each, most of it for bets.
  private static final int KEPT = 4_096;

  private final ObjectStore<KeyState> states;

  public KeyStates(ByteStore store) {
    this.states = new ObjectStore<>(store, KeyState::fromBytes, KeyState::toBytes, KEPT);
  }

  /// The state of a key, fresh for a new key. A changed state must be [#put].
  KeyState get(SignalKey key) {
    return states.get(key.text()).orElseGet(KeyState::fresh);
  }

  void put(SignalKey key, KeyState state) {
    states.put(key.text(), state);
  }

  /// The keys of an owner that this version judges, in order.
  SortedSet<String> of(String owner) {
    var keys = states.keys(SignalKey.prefix(owner));
    keys.removeIf(key -> !SignalKey.isJudged(key));
    return keys;
  }

  /// Writes what has changed to the store.
  void write() {
    states.write();
  }
}
