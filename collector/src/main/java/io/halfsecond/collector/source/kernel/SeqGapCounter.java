package io.halfsecond.collector.source.kernel;

import java.util.Arrays;

/// Counts the messages that the kernel dropped. Each CPU numbers its own messages, so a gap is a
/// loss of exactly that many.
///
/// **Assumes** the messages of one CPU arrive in order. Losses before the first message of a CPU
/// and after its last one are not visible. Not safe for use by several threads.
final class SeqGapCounter {
  /// NR_CPUS of the largest kernels built; guards the arrays against a corrupt number.
  private static final int MAX_CPUS = 8192;

  /// A step beyond half the range is a counter that started anew, not two billion lost messages.
  private static final long HALF_RANGE = 1L << 31;

  private int[] next = new int[0];
  private long[] seenAt = new long[0];
  private boolean[] known = new boolean[0];

  /// Observes a message.
  ///
  /// @return how many messages of this CPU were lost since the one before
  long observe(int cpu, int sequence, long atNanos) {
    if (cpu < 0 || cpu >= MAX_CPUS) {
      return 0;
    }
    if (cpu >= next.length) {
      next = Arrays.copyOf(next, cpu + 1);
      seenAt = Arrays.copyOf(seenAt, cpu + 1);
      known = Arrays.copyOf(known, cpu + 1);
    }
    long gap = known[cpu] ? Integer.toUnsignedLong(sequence - next[cpu]) : 0;
    known[cpu] = true;
    next[cpu] = sequence + 1;
    previousNanos = seenAt[cpu];
    seenAt[cpu] = atNanos;
    return gap < HALF_RANGE ? gap : 0;
  }

  private long previousNanos;

  /// When the CPU of the last observed message had sent its previous one; 0 if there was none.
  long previousNanos() {
    return previousNanos;
  }
}
