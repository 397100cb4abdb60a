package io.halfsecond.collector.inventory.packages;

import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The history of packages in dpkg's log (dpkg(1), --log; the format is that of dpkg 1.21):
/// `2026-11-25 05:48:40 status installed liblzma5:amd64 5.4.1-1`.
///
/// Its times are taken to be in the zone of this process, and the first of an hour that occurs
/// twice in autumn. [LoggedChange#heldAgainst] corrects that.
public final class DpkgLog {
  /// About 10,000 lines; the log of one machine had 370 KB after a year and a half.
  static final int LONGEST = 1 << 20;

  private static final Pattern LINE =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d)"
              + " (install|upgrade|remove|configure|trigproc|status unpacked|status installed) ([^"
              + " :]+)(:[^ ]+)? .*");
  private static final String INSTALLED = "status installed";
  private static final String UNPACKED = "status unpacked";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private final List<Path> logs;
  private final ZoneId zone;
  private final ReadPacing pacing;

  /// @param logs the newest first
  /// @param zone of the times in them
  public DpkgLog(List<Path> logs, ZoneId zone, ReadPacing pacing) {
    this.logs = List.copyOf(logs);
    this.zone = zone;
    this.pacing = pacing;
  }

  /// When each package was last installed, upgraded or removed, according to the end of each log.
  ///
  /// @param packages with the architecture, or without if there is only one of the name
  Map<String, LoggedChange> changes(Set<String> packages) throws InterruptedException {
    var changes = new HashMap<String, LoggedChange>();
    for (var log : logs) {
      var missing = new HashSet<>(packages);
      missing.removeAll(changes.keySet());
      if (missing.isEmpty()) {
        break;
      }
      changes(end(log).lines(), missing).forEach(changes::putIfAbsent);
    }
    return changes;
  }

  /// Skips lines that it does not understand.
  Map<String, LoggedChange> changes(Stream<String> lines, Set<String> packages) {
    var histories = new HashMap<String, History>();
    lines
        .map(LINE::matcher)
        .filter(line -> line.matches())
        .forEach(
            line -> {
              var name = line.group(3);
              var qualified = line.group(4) == null ? name : name + line.group(4);
              for (var listed : Set.copyOf(List.of(name, qualified))) {
                if (packages.contains(listed)) {
                  instant(line.group(1))
                      .forEach(
                          at ->
                              histories
                                  .computeIfAbsent(listed, _ -> new History())
                                  .add(line.group(2), at));
                }
              }
            });
    var changes = new HashMap<String, LoggedChange>();
    histories.forEach(
        (listed, history) -> history.last().ifPresent(last -> changes.put(listed, last)));
    return changes;
  }

  /// What the log says of one package.
  private static final class History {
    private boolean triggered;
    private Optional<Instant> changed = Optional.empty();
    private Optional<LoggedChange.Unpacking> unpacked = Optional.empty();

    /// The log also says that a package is installed after its triggers ran, which is no
    /// installation.
    void add(String action, Instant at) {
      switch (action) {
        case "trigproc" -> triggered = true;
        case "configure" -> triggered = false;
        // Logged again when the package is configured.
        case UNPACKED ->
            unpacked =
                unpacked.map(
                    begun ->
                        new LoggedChange.Unpacking(
                            begun.from(), begun.until().or(() -> Optional.of(at))));
        default -> {
          if (!(triggered && action.equals(INSTALLED))) {
            changed = Optional.of(at);
          }
          triggered = false;
          if (action.equals("install") || action.equals("upgrade")) {
            unpacked = Optional.of(new LoggedChange.Unpacking(at, Optional.empty()));
          }
        }
      }
    }

    Optional<LoggedChange> last() {
      return changed.map(at -> new LoggedChange(at, unpacked));
    }
  }

  private Stream<Instant> instant(String text) {
    try {
      return Stream.of(LocalDateTime.parse(text, TIME).atZone(zone).toInstant());
    } catch (DateTimeException _) {
      return Stream.empty();
    }
  }

  /// The last 1 MiB, from the start of a line; empty if the log cannot be read.
  private String end(Path log) throws InterruptedException {
    try (var channel = FileChannel.open(log)) {
      long size = channel.size();
      long start = Math.max(0, size - LONGEST);
      var bytes = ByteBuffer.allocate((int) (size - start));
      while (bytes.hasRemaining()) {
        pacing.rest();
        bytes.limit(Math.min(bytes.capacity(), bytes.position() + ReadPacing.READ));
        if (channel.read(bytes, start + bytes.position()) < 0) {
          break;
        }
        bytes.limit(bytes.capacity());
      }
      var text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
      return start == 0 ? text : text.substring(text.indexOf('\n') + 1);
    } catch (IOException _) {
      return "";
    }
  }
}
