package io.halfsecond.collector.inventory;

import java.time.Duration;

/// How gently files are read: so many bytes, then a rest.
///
/// @param pause after each read
public record Pace(Duration pause) {
  /// Bytes in one read.
  static final int READ = 1 << 16;

  /// For whoever waits for the answer.
  public static final Pace FAST = new Pace(Duration.ZERO);
  /// 20 MB, what Debian's sshd maps, in a second: 320 reads of some 0.2 ms each, so under a tenth of one CPU.
  public static final Pace GENTLE = new Pace(Duration.ofMillis(3));

  void rest() throws InterruptedException {
    if (pause.isPositive()) {
      Thread.sleep(pause);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
