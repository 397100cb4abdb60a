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

  /// 15 MB, what Debian's sshd maps, are 230 reads: at least 0.7 s, in which others get the disk
  /// and the CPU between two.
  public static final Pace GENTLE = new Pace(Duration.ofMillis(3));

  void rest() throws InterruptedException {
    if (pause.isPositive()) {
      Thread.sleep(pause);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
