package io.halfsecond.streams.engine;

import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.store.ObjectStore;
import io.halfsecond.streams.telemetry.HostState;

/// The states of hosts, by name, in a store of bytes.
///
/// Not safe for use by several threads.
public final class HostStates {
  private static final int KEPT = 4_096;

  private final ObjectStore<HostState> states;

  public HostStates(ByteStore store) {
    this.states = new ObjectStore<>(store, HostState::fromBytes, HostState::toBytes, KEPT);
  }

  /// In memory.
  public static HostStates inMemory() {
    return new HostStates(new MapStore());
  }

  /// The state of a host, fresh for a new host. A changed state must be [#put].
  HostState get(String host) {
    return states.get(host).orElseGet(HostState::fresh);
  }

  void put(String host, HostState state) {
    states.put(host, state);
  }

  /// Writes what has changed to the store.
  void write() {
    states.write();
  }
}
