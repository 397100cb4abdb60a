package io.halfsecond.collector;

import io.halfsecond.collector.event.KernelEvent;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/// Hands the pid of a monitor that forks its preauth child from the thread that reads the kernel's
/// events to one that waits for such, if one does at that moment.
///
/// **Guarantees** the first never waits, and makes no object for an event that it does not hand on.
/// **Assumes** events from one thread, of one process in the kernel's order.
final class Monitors {
  private final SynchronousQueue<Integer> waiting = new SynchronousQueue<>();

  /// Processes that have had a child. Pids are below 2^22: half a megabyte at the most.
  private final BitSet parents = new BitSet();

  void see(KernelEvent event) {
    switch (event) {
      // The usage of a monitor alone is known, and only if its fork is no older than 10 ms.
      case KernelEvent.Forked fork -> {
        parents.clear(fork.pid());
        if (fork.parentUsage().isPresent() && !parents.get(fork.parentPid())) {
          parents.set(fork.parentPid());
          var _ = waiting.offer(fork.parentPid());
        }
      }
      case KernelEvent.Exited exit -> parents.clear(exit.pid());
      case KernelEvent.ListenerFound _,
          KernelEvent.Executed _,
          KernelEvent.UserChanged _,
          KernelEvent.SessionLed _,
          KernelEvent.Accounted _,
          KernelEvent.Lost _ -> {}
    }
  }

  /// @return empty if none came within that time
  Optional<Integer> await(Duration patience) throws InterruptedException {
    return Optional.ofNullable(waiting.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
  }
}
