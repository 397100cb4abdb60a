package io.halfsecond.streams.engine;

import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.ObjectStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// The states of the detector, in a store of bytes. Those used last are also kept as objects, which
/// saves decoding them; fewer of them keep their bets, which saves computing those.
///
/// Not safe for use by several threads.
public final class KeyStates {
  /// In one process, 1 to 4 kB each.
  private static final int KEPT = 65_536;

  /// In one process, about 10 kB each.
  private static final int WITH_BETS = 8_192;

  private final ObjectStore<KeyState> states;

  /// The one that was used last is the last one.
  private final Map<SignalKey, KeyState> withBets;

  /// @param partitions that share the memory of a process
  public KeyStates(ByteStore store, int partitions) {
    this.states =
        new ObjectStore<>(
            store, KeyState::fromBytes, KeyState::toBytes, Math.max(1, KEPT / partitions));
    int most = Math.max(1, WITH_BETS / partitions);
    this.withBets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<SignalKey, KeyState> eldest) {
            if (size() > most) {
              eldest.getValue().forgetBets();
              return true;
            }
            return false;
          }
        };
  }

  /// The state of a key, fresh for a new key. A changed state must be [#put].
  KeyState get(SignalKey key) {
    return states.get(key.text()).orElseGet(KeyState::fresh);
  }

  void put(SignalKey key, KeyState state) {
    states.put(key.text(), state);
    if (state.hasBets()) {
      withBets.put(key, state);
    }
  }

  /// The keys of an owner that this version judges, in order.
  SortedSet<SignalKey> of(String owner) {
    var keys = new TreeSet<>(SignalKey.BY_TEXT);
    states.keys(SignalKey.prefix(owner)).stream()
        .filter(SignalKey::isJudged)
        .map(SignalKey::parse)
        .forEach(keys::add);
    return keys;
  }

  /// Deletes the states of all keys of an owner.
  void forget(String owner) {
    states.keys(SignalKey.prefix(owner)).forEach(states::delete);
    withBets.keySet().removeIf(key -> key.owner().equals(owner));
  }

  /// Writes what has changed to the store.
  void write() {
    states.write();
  }
}
