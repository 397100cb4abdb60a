package io.halfsecond.collector.source.log;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.StateFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Opens the log source that suits this host.
public final class LogSources {
  static final String HOW_TO_READ_LOGS =
      "; add the collector's user to the group that owns it (adm on Debian, systemd-journal for the"
          + " journal)";

  private static final Path BOOT_ID = Proc.ROOT.resolve("sys/kernel/random/boot_id");

  private LogSources() {}

  /// Chooses the log to read. Reading begins with [Source#start].
  ///
  /// @param stateDirectory where the position is kept between runs; created if missing
  /// @param wall the host's clock, which log daemons date their lines by
  /// @param monotonicNanos `CLOCK_MONOTONIC`, as [System#nanoTime()] on Linux
  /// @throws SourceUnavailableException if no log can be read, or logs are switched off
  public static Source open(
      LogSettings settings, Path stateDirectory, InstantSource wall, LongSupplier monotonicNanos)
      throws SourceUnavailableException {
    var time = new MonotonicTime(wall, monotonicNanos);
    return switch (settings.mode()) {
      case OFF -> throw new SourceUnavailableException("logs are switched off (log mode OFF)");
      case JOURNAL -> {
        var lacking = journalLacks(settings);
        if (lacking.isPresent()) {
          throw new SourceUnavailableException(lacking.get());
        }
        yield journal(settings, stateDirectory, time);
      }
      case FILE ->
          file(
              settings.file().path().or(() -> usualFile(settings)),
              "",
              settings,
              stateDirectory,
              time);
      case AUTO -> automatic(settings, stateDirectory, time);
    };
  }

  private static Source automatic(LogSettings settings, Path stateDirectory, MonotonicTime time)
      throws SourceUnavailableException {
    var lacking = journalLacks(settings);
    if (lacking.isEmpty()) {
      return journal(settings, stateDirectory, time);
    }
    return file(usualFile(settings), lacking.get() + "; ", settings, stateDirectory, time);
  }

  /// @param alsoLacking what the message says before the files, if there is no file
  private static Source file(
      Optional<Path> file,
      String alsoLacking,
      LogSettings settings,
      Path stateDirectory,
      MonotonicTime time)
      throws SourceUnavailableException {
    if (file.isEmpty()) {
      throw new SourceUnavailableException(alsoLacking + filesLack(settings));
    }
    var state = new StateFile(stateDirectory.resolve("log-file.position"));
    return new FileSource(file.get(), settings, state, time);
  }

  private static Source journal(LogSettings settings, Path stateDirectory, MonotonicTime time)
      throws SourceUnavailableException {
    try {
      var bootId = Files.readString(BOOT_ID).strip().replace("-", "");
      return new JournalSource(
          settings, new StateFile(stateDirectory.resolve("log-journal.cursor")), bootId, time);
    } catch (IOException e) {
      throw new SourceUnavailableException("cannot read " + BOOT_ID + ": " + e, e);
    }
  }

  private static Optional<Path> usualFile(LogSettings settings) {
    return settings.file().usual().stream().filter(Files::isReadable).findFirst();
  }

  private static String filesLack(LogSettings settings) {
    var lacks = new ArrayList<String>();
    for (var file : settings.file().usual()) {
      lacks.add(
          Files.exists(file)
              ? "no permission to read " + file + HOW_TO_READ_LOGS
              : file + " does not exist");
    }
    return lacks.isEmpty() ? "no log file is configured" : String.join("; ", lacks);
  }

  /// Why the journal cannot be read; empty if it can. The files are checked, because journalctl
  /// ends with status 0 and prints nothing if there is no journal or all of it belongs to others.
  private static Optional<String> journalLacks(LogSettings settings) {
    if (!isExecutable(settings.journal().journalctl())) {
      return Optional.of("there is no journalctl (" + settings.journal().journalctl() + ")");
    }
    var directories = new ArrayList<Path>();
    settings
        .journal()
        .only()
        .ifPresentOrElse(
            directories::add,
            () ->
                settings
                    .journal()
                    .directories()
                    .forEach(base -> directories.addAll(children(base))));
    var journals =
        directories.stream()
            .flatMap(directory -> children(directory).stream())
            .filter(path -> path.toString().endsWith(".journal"))
            .toList();
    if (journals.isEmpty()) {
      var where = settings.journal().only().map(List::of).orElse(settings.journal().directories());
      return Optional.of(
          "no journal is visible in "
              + String.join(" or ", where.stream().map(Path::toString).toList()));
    }
    // Users can read their own journals, but sshd's lines before authentication are in the
    // system's.
    var system = journals.stream().filter(path -> path.endsWith("system.journal")).toList();
    var needed = system.isEmpty() ? journals : system;
    return needed.stream().anyMatch(Files::isReadable)
        ? Optional.empty()
        : Optional.of("no permission to read " + needed.getFirst() + HOW_TO_READ_LOGS);
  }

  private static boolean isExecutable(String command) {
    if (command.contains("/")) {
      return Files.isExecutable(Path.of(command));
    }
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return List.of(path.split(":")).stream()
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, command)));
  }

  private static List<Path> children(Path directory) {
    var children = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (IOException | DirectoryIteratorException e) {
      // Missing, not a directory, or not readable.
      return List.of();
    }
    children.sort(null);
    return children;
  }
}
