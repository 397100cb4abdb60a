package io.halfsecond.collector.source.log;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// The settings of the log source.
///
/// @param file the log file, for [Mode#FILE]; empty looks in [#usualFiles]
/// @param poll how often a file is read, more than zero
/// @param restart the delay before an ended journalctl is restarted; doubled up to 64 times as long
///   while it ends without having printed an entry
/// @param journalctl the command, as a path or a name in PATH
/// @param journalDirectories where journals are, with one directory per machine
/// @param journal read this one directory of journal files instead of the host's
/// @param usualFiles where distributions put sshd's log
/// @param zone of times without one; the host's
public record LogSettings(
    Mode mode,
    Optional<Path> file,
    Duration poll,
    Duration restart,
    String journalctl,
    List<Path> journalDirectories,
    Optional<Path> journal,
    List<Path> usualFiles,
    ZoneId zone) {

  /// Which log to read.
  public enum Mode {
    /** The journal if there is one that we may read, else a file. */
    AUTO,
    /** journald. */
    JOURNAL,
    /** A file that a syslog daemon writes. */
    FILE,
    /** None. */
    OFF
  }

  public LogSettings {
    if (!poll.isPositive()) {
      throw new IllegalArgumentException("log poll interval must be more than zero, is " + poll);
    }
    if (!restart.isPositive()) {
      throw new IllegalArgumentException(
          "journalctl restart delay must be more than zero, is " + restart);
    }
    journalDirectories = List.copyOf(journalDirectories);
    usualFiles = List.copyOf(usualFiles);
  }

  /// For a Linux host: automatic, a file is read five times a second.
  public static LogSettings defaults() {
    return new LogSettings(
        Mode.AUTO,
        Optional.empty(),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        "journalctl",
        List.of(Path.of("/var/log/journal"), Path.of("/run/log/journal")),
        Optional.empty(),
        List.of(Path.of("/var/log/auth.log"), Path.of("/var/log/secure")),
        ZoneId.systemDefault());
  }

  public LogSettings withMode(Mode value) {
    return new LogSettings(
        value, file, poll, restart, journalctl, journalDirectories, journal, usualFiles, zone);
  }

  /// Reads this file and nothing else.
  public LogSettings withFile(Path value) {
    return new LogSettings(
        Mode.FILE,
        Optional.of(value),
        poll,
        restart,
        journalctl,
        journalDirectories,
        journal,
        usualFiles,
        zone);
  }
}
