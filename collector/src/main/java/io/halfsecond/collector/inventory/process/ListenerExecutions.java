package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.event.KernelEvent;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// When listeners executed themselves again, as sshd does on SIGHUP, by the kernel's events. The
/// start time in /proc stays that of the process.
///
/// **Guarantees** to make an object for a listener's exec only. **Assumes** events from one thread,
/// those of one process in the kernel's order; queries may come from any.
public final class ListenerExecutions {
  /// Confined to the thread of the events.
  private final BitSet listeners = new BitSet();

  private final Map<Integer, Long> executedAt = new ConcurrentHashMap<>();

  public void see(KernelEvent event) {
    switch (event) {
      case KernelEvent.ListenerFound found -> listeners.set(found.pid());
      case KernelEvent.Executed executed -> {
        if (listeners.get(executed.pid())) {
          executedAt.put(executed.pid(), executed.atNanos());
        }
      }
      case KernelEvent.Exited exit -> {
        if (listeners.get(exit.pid())) {
          listeners.clear(exit.pid());
          executedAt.remove(exit.pid());
        }
      }
      case KernelEvent.ConnectionFound _,
          KernelEvent.Forked _,
          KernelEvent.UserChanged _,
          KernelEvent.SessionLed _,
          KernelEvent.EnvironmentSeen _,
          KernelEvent.Accounted _,
          KernelEvent.Lost _ -> {}
    }
  }

  /// On `CLOCK_MONOTONIC`; empty for a listener whose only exec was that of its start, as far as
  /// was seen.
  OptionalLong of(int pid) {
    var at = executedAt.get(pid);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
  }
}
