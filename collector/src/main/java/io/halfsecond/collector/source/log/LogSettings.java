package io.halfsecond.collector.source.log;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// Where sshd's log is, and how to read it.
public record LogSettings(Mode mode, FileSettings file, JournalSettings journal) {

  /// From one look at the log to the next, on a host that is busy with other things.
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  /// Which log to read.
  public enum Mode {
    /** The journal if there is one that may be read, else a file. */
    AUTO,
    /** journald. */
    JOURNAL,
    /** A file that a syslog daemon writes. */
    FILE,
    /** None. */
    OFF
  }

  /// @param path the log file; empty tries the usual files
  /// @param usual where distributions keep sshd's log
  /// @param poll from one read of the file to the next
  /// @param zone of times without a zone; the host's
  public record FileSettings(Optional<Path> path, List<Path> usual, Duration poll, ZoneId zone) {
    public FileSettings {
      usual = List.copyOf(usual);
      requirePositive("log.file.poll", poll);
    }

    /// `/var/log/auth.log` or `/var/log/secure`, read five times a second.
    public static FileSettings defaults() {
      return new FileSettings(
          Optional.empty(),
          List.of(Path.of("/var/log/auth.log"), Path.of("/var/log/secure")),
          Duration.ofMillis(200),
          ZoneId.systemDefault());
    }
  }

  /// @param journalctl the command, as a path or to be found in PATH
  /// @param restart the delay before a journalctl that ended is started again; doubled up to 64
  ///   times as long while it ends without having printed an entry
  /// @param directories where journals can lie, each with one directory per machine
  /// @param only read this one directory of journal files instead of the host's journal
  public record JournalSettings(
      String journalctl, Duration restart, List<Path> directories, Optional<Path> only) {
    public JournalSettings {
      directories = List.copyOf(directories);
      requirePositive("log.journal.restart", restart);
    }

    public static JournalSettings defaults() {
      return new JournalSettings(
          "journalctl",
          Duration.ofSeconds(1),
          List.of(Path.of("/var/log/journal"), Path.of("/run/log/journal")),
          Optional.empty());
    }
  }

  public static LogSettings defaults() {
    return of(Mode.AUTO);
  }

  public static LogSettings of(Mode mode) {
    return new LogSettings(mode, FileSettings.defaults(), JournalSettings.defaults());
  }

  /// Reads this file and nothing else.
  public static LogSettings ofFile(Path path) {
    var usual = FileSettings.defaults();
    return new LogSettings(
        Mode.FILE,
        new FileSettings(Optional.of(path), usual.usual(), usual.poll(), usual.zone()),
        JournalSettings.defaults());
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(key + " must be positive, not " + value);
    }
  }
}
