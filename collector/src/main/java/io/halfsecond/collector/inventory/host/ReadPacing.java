package io.halfsecond.collector.inventory.host;

import java.time.Duration;

/// How fast files are read: [#READ] bytes, then a pause.
///
/// @param pause after each read
public record ReadPacing(Duration pause) {
  /// Bytes of one read.
  public static final int READ = 1 << 16;

  /// Without pauses, for a command whose user waits.
  public static final ReadPacing FAST = new ReadPacing(Duration.ZERO);

  /// Debian's sshd maps 15 MB, which are 230 reads: at least 0.7 s, so that other work gets the
  /// disk and the CPU in between.
  public static final ReadPacing GENTLE = new ReadPacing(Duration.ofMillis(3));

  public void rest() throws InterruptedException {
    if (pause.isPositive()) {
      Thread.sleep(pause);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
