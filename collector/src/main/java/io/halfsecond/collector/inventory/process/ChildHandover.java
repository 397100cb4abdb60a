package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/// Hands the pids of a connection's processes, each when its loader is done, from the thread that
/// reads kernel events to the thread that samples them, if that is waiting at this moment: a
/// monitor when it forks its preauth child, and a preauth child that executes a program of its own
/// (since 10.0) when it drops its privileges.
///
/// **Guarantees** the first thread never waits, and makes no object for an event that it does not
/// hand over. **Assumes** events from one thread, those of one process in the kernel's order.
public final class ChildHandover {
  private static final int ROOT = 0;

  private final SynchronousQueue<Integer> monitors = new SynchronousQueue<>();
  private final SynchronousQueue<Integer> preauthChildren = new SynchronousQueue<>();

  /// Processes that have had a child. Pids are below 2^22: half a megabyte at the most.
  private final BitSet parents = new BitSet();

  /// Processes that execute sshd-auth, and are root's still.
  private final BitSet authenticating = new BitSet();

  public void see(KernelEvent event) {
    switch (event) {
      // The parent's usage is known for monitors only, and only if the fork is at most 10 ms old.
      case KernelEvent.Forked fork -> {
        parents.clear(fork.pid());
        authenticating.clear(fork.pid());
        if (fork.parentUsage().isPresent() && !parents.get(fork.parentPid())) {
          parents.set(fork.parentPid());
          var _ = monitors.offer(fork.parentPid());
        }
      }
      case KernelEvent.Executed executed ->
          authenticating.set(executed.pid(), executed.executable().equals(SshdPrograms.SSHD_AUTH));
      case KernelEvent.UserChanged changed -> {
        if (authenticating.get(changed.pid()) && changed.realUid() != ROOT) {
          authenticating.clear(changed.pid());
          var _ = preauthChildren.offer(changed.pid());
        }
      }
      case KernelEvent.Exited exit -> {
        parents.clear(exit.pid());
        authenticating.clear(exit.pid());
      }
      case KernelEvent.ListenerFound _,
          KernelEvent.ConnectionFound _,
          KernelEvent.SessionLed _,
          KernelEvent.EnvironmentSeen _,
          KernelEvent.Accounted _,
          KernelEvent.Lost _ -> {}
    }
  }

  /// @return empty if none came within that time
  public Optional<Integer> monitor(Duration patience) throws InterruptedException {
    return Optional.ofNullable(monitors.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
  }

  /// @return empty if none came within that time
  public Optional<Integer> preauthChild(Duration patience) throws InterruptedException {
    return Optional.ofNullable(preauthChildren.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
  }
}
