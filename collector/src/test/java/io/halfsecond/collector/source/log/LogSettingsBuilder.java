package io.halfsecond.collector.source.log;

import io.halfsecond.collector.source.log.LogSettings.FileSettings;
import io.halfsecond.collector.source.log.LogSettings.JournalSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// Settings that differ from the defaults.
final class LogSettingsBuilder {
  private final LogSettings defaults = LogSettings.defaults();
  private LogSettings.Mode mode = defaults.mode();
  private Optional<Path> file = defaults.file().path();
  private Duration poll = defaults.file().poll();
  private Duration restart = defaults.journal().restart();
  private String journalctl = defaults.journal().journalctl();
  private List<Path> journalDirectories = defaults.journal().directories();
  private Optional<Path> journal = defaults.journal().only();
  private List<Path> usualFiles = defaults.file().usual();
  private ZoneId zone = defaults.file().zone();

  LogSettings build() {
    return new LogSettings(
        mode,
        new FileSettings(file, usualFiles, poll, zone),
        new JournalSettings(journalctl, restart, journalDirectories, journal));
  }

  LogSettingsBuilder mode(LogSettings.Mode value) {
    mode = value;
    return this;
  }

  LogSettingsBuilder file(Path value) {
    mode = LogSettings.Mode.FILE;
    file = Optional.of(value);
    return this;
  }

  LogSettingsBuilder poll(Duration value) {
    poll = value;
    return this;
  }

  LogSettingsBuilder restart(Duration value) {
    restart = value;
    return this;
  }

  LogSettingsBuilder journalctl(String value) {
    journalctl = value;
    return this;
  }

  LogSettingsBuilder journalDirectories(List<Path> value) {
    journalDirectories = value;
    return this;
  }

  LogSettingsBuilder journal(Path value) {
    mode = LogSettings.Mode.JOURNAL;
    journal = Optional.of(value);
    return this;
  }

  LogSettingsBuilder usualFiles(List<Path> value) {
    usualFiles = value;
    return this;
  }

  LogSettingsBuilder zone(ZoneId value) {
    zone = value;
    return this;
  }
}
