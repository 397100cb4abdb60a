package io.halfsecond.collector.source.log;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// Settings that differ from the defaults.
final class LogSettingsBuilder {
  private final LogSettings defaults = LogSettings.defaults();
  private LogSettings.Mode mode = defaults.mode();
  private Optional<Path> file = defaults.file();
  private Duration poll = defaults.poll();
  private Duration restart = defaults.restart();
  private String journalctl = defaults.journalctl();
  private List<Path> journalDirectories = defaults.journalDirectories();
  private Optional<Path> journal = defaults.journal();
  private List<Path> usualFiles = defaults.usualFiles();
  private ZoneId zone = defaults.zone();

  LogSettings build() {
    return new LogSettings(
        mode, file, poll, restart, journalctl, journalDirectories, journal, usualFiles, zone);
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
