package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.util.function.ObjIntConsumer;

/// Selects sshd's lines from those of a syslog daemon. Counts every line as read, and the others as
/// dropped.
///
/// Not safe for use by several threads.
final class SshdLines {
  private final SourceMeter meter;
  private final LogTimes times = new LogTimes();
  private boolean sawPid;
  private boolean sawNoPid;
  private long count;

  SshdLines(SourceMeter meter) {
    this.meter = meter;
  }

  /// @param line without its line end
  /// @param output takes a line of sshd's with its pid, and counts its fate
  void take(String line, LogCalendar calendar, ObjIntConsumer<SyslogLine> output) {
    meter.read();
    var framed = SyslogLine.parse(line, calendar, times);
    if (framed.isEmpty()) {
      bare(line);
      return;
    }
    var syslog = framed.get();
    // That includes journald's "Suppressed N messages": in a file any local user may have written
    // it.
    if (!isSshd(syslog.program())) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    count++;
    if (syslog.pid().isEmpty()) {
      // PAM's lines of an `sshd -E` in syslog: nobody called openlog with LOG_PID.
      meter.dropped(Reason.UNTRUSTED);
    } else {
      sawPid = true;
      output.accept(syslog, syslog.pid().getAsInt());
    }
  }

  /// Counts a line that is cut or too long to be sshd's.
  void tooLong() {
    meter.read();
    meter.dropped(Reason.MALFORMED);
  }

  private void bare(String line) {
    boolean ofSshd =
        SshdLogParser.isDebug(line) || !(SshdLogParser.parse(line) instanceof SshdMessage.Unknown);
    sawNoPid |= ofSshd;
    count += ofSshd ? 1 : 0;
    meter.dropped(ofSshd ? Reason.UNTRUSTED : Reason.MALFORMED);
  }

  /// `journalctl -o with-unit` has the unit in place of the program: `ssh.service`,
  /// `sshd@….service`.
  private static boolean isSshd(String program) {
    return SshdPrograms.NAMES.contains(program)
        || (program.endsWith(".service")
            && (program.equals("ssh.service")
                || program.equals("sshd.service")
                || program.startsWith("ssh@")
                || program.startsWith("sshd@")));
  }

  /// How many lines were sshd's, whether they could be used or not.
  long count() {
    return count;
  }

  /// Whether there were lines of sshd's, all without a pid.
  boolean lackPids() {
    return sawNoPid && !sawPid;
  }
}
