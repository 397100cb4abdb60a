package io.halfsecond.collector.assembly;

import io.halfsecond.schemas.Role;
import java.util.OptionalLong;

/// What the recent connections of one listener have in common: it tells what of a connection is
/// sshd's own and what is the client's.
final class ListenerHistory {
  /// A connection without a key exchange used less than a quarter of the CPU time (OpenSSH 9.2 to
  /// 10.5: at most 0.7 ms in the preauth child, against 2.8 to 11 ms).
  private static final int EXCHANGE_SHARE = 2;

  private final LeastOfRecent sleeps = new LeastOfRecent();
  private final LeastOfRecent exchanges = new LeastOfRecent();
  private Role greeter = Role.UNKNOWN;

  /// The process that sends the server's identification and reads the client's: the monitor up to
  /// OpenSSH 10.2, the preauth child from 10.3 on. Unknown until a connection has shown it.
  Role greeter() {
    return greeter;
  }

  void onGreeter(Role shown) {
    greeter = shown;
  }

  /// A monitor has slept so long before it forked its preauth child.
  ///
  /// @return the part of it that was spent waiting for the client: what it slept longer than the
  ///   promptest recent connection; empty until enough are known
  OptionalLong onSlept(long atNanos, long nanos) {
    sleeps.add(atNanos, nanos);
    var least = sleeps.least(LeastOfRecent.FEWEST);
    return least.isEmpty() ? OptionalLong.empty() : OptionalLong.of(nanos - least.getAsLong());
  }

  /// A preauth child has certainly exchanged keys, and used so much CPU time.
  void onExchanged(long atNanos, long cpuNanos) {
    exchanges.add(atNanos, cpuNanos);
  }

  /// Whether a preauth child that used so much CPU time cannot have exchanged keys.
  boolean tooLittleToExchange(long cpuNanos) {
    var least = exchanges.least(1);
    return least.isPresent() && cpuNanos < least.getAsLong() / EXCHANGE_SHARE;
  }
}
