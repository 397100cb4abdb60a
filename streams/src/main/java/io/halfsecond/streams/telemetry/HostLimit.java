package io.halfsecond.streams.telemetry;

import io.halfsecond.streams.telemetry.InsaneRecordException.Kind;
import java.util.concurrent.atomic.AtomicInteger;

/// How many hosts an instance of the topology keeps. Whoever may write telemetry can invent names,
/// and each costs state, memory and series. Beyond the limit the records of hosts that are not
/// known become dead letters, and known hosts are judged on.
///
/// Shared by the tasks of an instance; safe for use by several threads.
public final class HostLimit {
  private final int most;
  private final AtomicInteger known = new AtomicInteger();

  public HostLimit(int most) {
    this.most = most;
  }

  /// Hosts that are kept now.
  public int known() {
    return known.get();
  }

  /// Counts hosts that a task has in its stores. They are kept even beyond the limit.
  public void take(int hosts) {
    known.addAndGet(hosts);
  }

  /// A task has ended, with so many hosts.
  public void release(int hosts) {
    known.addAndGet(-hosts);
  }

  /// Counts a host that was not known.
  ///
  /// @throws InsaneRecordException if it is one too many
  public void admit() {
    if (known.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
      throw new InsaneRecordException(
          Kind.HOST, "the host is not known, and %d are kept, the limit".formatted(most));
    }
  }
}
