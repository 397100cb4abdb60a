package io.halfsecond.streams.engine;

import io.halfsecond.streams.telemetry.HostState;
import java.util.HashMap;
import java.util.Map;

/// The states of hosts, by name.
public interface HostStates {
  /// The state of a host, fresh for a new host.
  HostState get(String host);

  void put(String host, HostState state);

  /// In memory.
  static HostStates inMemory() {
    Map<String, HostState> states = new HashMap<>();
    return new HostStates() {
      @Override
      public HostState get(String host) {
        return states.computeIfAbsent(host, _ -> HostState.fresh());
      }

      @Override
      public void put(String host, HostState state) {
        states.put(host, state);
      }
    };
  }
}
