package io.halfsecond.collector.source.log;

import io.halfsecond.collector.source.SourceMeter;
import java.util.List;

/// What some lines of a log file show about it.
public final class LogSample {
  private LogSample() {}

  /// Whether there are lines of sshd's, and none of them has a pid: an `sshd -E` wrote them. Such
  /// lines belong to no known connection.
  public static boolean lacksPids(List<String> lines, LogCalendar calendar) {
    return read(lines, calendar).lackPids();
  }

  /// Whether there is a line of sshd's.
  public static boolean hasSshd(List<String> lines, LogCalendar calendar) {
    return read(lines, calendar).count() > 0;
  }

  private static SshdLines read(List<String> lines, LogCalendar calendar) {
    var sshdLines = new SshdLines(new SourceMeter());
    lines.forEach(line -> sshdLines.take(line, calendar, (_, _) -> {}));
    return sshdLines;
  }
}
