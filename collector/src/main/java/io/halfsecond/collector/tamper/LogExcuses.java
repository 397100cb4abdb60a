package io.halfsecond.collector.tamper;

import io.halfsecond.collector.inventory.SshdLogLevels;
import io.halfsecond.collector.inventory.process.ListenerExecutions;
import io.halfsecond.collector.inventory.process.ProcessTable;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.sshd.SshdListener;
import io.halfsecond.collector.sshd.SshdListeners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/// Harmless reasons for lines that are missing, as the host shows them: a log daemon has started
/// since, or the configuration of an sshd has it log less.
public final class LogExcuses {
  private static final Set<String> DAEMONS =
      Set.of("rsyslogd", "syslog-ng", "syslogd", "systemd-journal", "metalog");

  private final Path proc;
  private final SshdListeners listeners;

  /// @param proc where the proc file system is mounted
  /// @param listeners the sshds that are watched
  public LogExcuses(Path proc, SshdListeners listeners) {
    this.proc = proc;
    this.listeners = listeners;
  }

  /// Whether a line may be missing for a reason that began at that time or later.
  public boolean since(Instant at) {
    return daemonStartedSince(at) || logsLess();
  }

  private boolean daemonStartedSince(Instant at) {
    var processes = new ProcessTable(proc, new ListenerExecutions());
    try {
      return Proc.pids(proc).stream()
          .filter(this::isDaemon)
          .flatMap(pid -> processes.find(pid).stream())
          .anyMatch(daemon -> !processes.startedAt(daemon).isBefore(at));
    } catch (IOException e) {
      // Nothing is known of them.
      return true;
    }
  }

  private boolean isDaemon(int pid) {
    try {
      return DAEMONS.contains(Files.readString(proc.resolve(pid + "/comm")).strip());
    } catch (IOException e) {
      return false;
    }
  }

  private boolean logsLess() {
    return listeners.watched().stream()
        .map(SshdListener::commandLine)
        .anyMatch(line -> SshdLogLevels.mayLogLess(line.files().configuration()));
  }
}
