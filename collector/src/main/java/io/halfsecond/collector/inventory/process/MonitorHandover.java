package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.event.KernelEvent;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/// Hands the pid of a monitor that forks its preauth child from the thread that reads kernel events
/// to the thread that samples monitors, if that is waiting at this moment.
///
/// **Guarantees** the first thread never waits, and makes no object for an event that it does not
/// hand over. **Assumes** events from one thread, those of one process in the kernel's order.
public final class MonitorHandover {
  private final SynchronousQueue<Integer> waiting = new SynchronousQueue<>();

  /// Processes that have had a child. Pids are below 2^22: half a megabyte at the most.
  private final BitSet parents = new BitSet();

  public void see(KernelEvent event) {
    switch (event) {
      // The parent's usage is known for monitors only, and only if the fork is at most 10 ms old.
      case KernelEvent.Forked fork -> {
        parents.clear(fork.pid());
        if (fork.parentUsage().isPresent() && !parents.get(fork.parentPid())) {
          parents.set(fork.parentPid());
          var _ = waiting.offer(fork.parentPid());
        }
      }
      case KernelEvent.Exited exit -> parents.clear(exit.pid());
      case KernelEvent.ListenerFound _,
          KernelEvent.ConnectionFound _,
          KernelEvent.Executed _,
          KernelEvent.UserChanged _,
          KernelEvent.SessionLed _,
          KernelEvent.Accounted _,
          KernelEvent.Lost _ -> {}
    }
  }

  /// @return empty if none came within that time
  public Optional<Integer> await(Duration patience) throws InterruptedException {
    return Optional.ofNullable(waiting.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
  }
}
