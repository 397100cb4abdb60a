package io.halfsecond.collector.source.log;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.Source.EventSink;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.function.LongSupplier;

/// What a `journalctl -f` prints. While it waits for the next entry, it reports how far the journal
/// has been read: journalctl sleeps and its pipe is empty, so it has printed all that journald has
/// shown it. That is at most 250 ms late, because journald gathers its notifications
/// (POST_CHANGE_TIMER_INTERVAL_USEC in journald-file.h).
final class JournalctlOutput extends FilterInputStream {
  private static final int POLL_MILLIS = 50;

  private final Process journalctl;
  private final LongSupplier monotonicNanos;
  private final EventSink sink;
  private final Runnable onWait;

  /// @param onWait called while journalctl waits
  JournalctlOutput(
      Process journalctl, LongSupplier monotonicNanos, EventSink sink, Runnable onWait) {
    super(journalctl.getInputStream());
    this.journalctl = journalctl;
    this.monotonicNanos = monotonicNanos;
    this.sink = sink;
    this.onWait = onWait;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (journalctl.isAlive()) {
      long now = monotonicNanos.getAsLong();
      boolean asleep = asleep();
      if (in.available() > 0) {
        break;
      }
      if (asleep) {
        sink.offeredUntil(now);
        onWait.run();
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
    }
    return super.read(buffer, offset, length);
  }

  /// Whether the process waits for something: the third field of /proc/PID/stat (proc_pid_stat(5))
  /// is S.
  private boolean asleep() {
    try {
      var stat =
          Files.readString(Proc.ROOT.resolve(Long.toString(journalctl.pid())).resolve("stat"));
      return stat.startsWith(") S", stat.lastIndexOf(')'));
    } catch (IOException gone) {
      return false;
    }
  }
}
