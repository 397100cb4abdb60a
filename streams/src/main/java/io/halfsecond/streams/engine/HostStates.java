package io.halfsecond.streams.engine;

import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.store.ObjectStore;
import io.halfsecond.streams.telemetry.HostState;

/// The states of hosts, by name, in a store of bytes.
///
/// Not safe for use by several threads.
public final class HostStates {
  /// In one process, about 1 kB each.
  private static final int KEPT = 65_536;

  private final ObjectStore<HostState> states;

  /// @param partitions that share the memory of a process
  public HostStates(ByteStore store, int partitions) {
    this.states =
        new ObjectStore<>(
            store, HostState::fromBytes, HostState::toBytes, Math.max(1, KEPT / partitions));
  }

  /// In memory.
  public static HostStates inMemory() {
    return new HostStates(new MapStore(), 1);
  }

  /// The state of a host, fresh for a new host. A changed state must be [#put].
  HostState get(String host) {
    return states.get(host).orElseGet(HostState::fresh);
  }

  void put(String host, HostState state) {
    states.put(host, state);
  }

  void forget(String host) {
    states.delete(host);
  }

  /// Writes what has changed to the store.
  void write() {
    states.write();
  }
}
