package io.halfsecond.collector.pipeline;

import io.halfsecond.collector.assembly.EarlierRun;
import io.halfsecond.collector.assembly.OpenConnection;
import io.halfsecond.collector.assembly.OpenConnection.Decision;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.schedule.PeriodicTask;
import io.halfsecond.collector.source.StateFile;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file with the connections that are open, for the next run of the collector.
///
/// The first line has the version of the format and the boot. Each other line is a connection: pid
/// and birth of its monitor, and its stage; if authentication was decided, also the time, outcome,
/// method, class of user and evidence. Times are nanoseconds of `CLOCK_MONOTONIC`.
///
/// **Guarantees** [#keep] returns at once. The file is whole, or not there. Not synchronised to
/// disk: no connection outlives a crash of the machine.
public final class SavedConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SavedConnections.class);

  private static final String VERSION = "1";
  private static final String SESSION = "session";
  private static final String AUTHENTICATION = "authentication";

  /// When a file that could not be written is tried again.
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final StateFile file;
  private final String bootId;
  private final PeriodicTask writer =
      new PeriodicTask("open-connections", RETRY, () -> RETRY, RETRY.multipliedBy(2), this::write);
  private volatile Optional<List<OpenConnection>> newest = Optional.empty();
  private String written = "";
  private String trouble = "";

  /// @param bootId of the running kernel
  public SavedConnections(Path file, String bootId) {
    this.file = new StateFile(file);
    this.bootId = bootId;
  }

  /// What the run before has left; nothing if that is not known.
  public EarlierRun read() {
    try {
      return file.read().map(text -> parse(bootId, text)).orElse(EarlierRun.NONE);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn(
          "which connections the run before had open is not known, because {} cannot be read: {}",
          file.file(),
          e.getMessage());
      return EarlierRun.NONE;
    }
  }

  public void start() {
    writer.start();
  }

  /// Has them written soon.
  public void keep(List<OpenConnection> open) {
    if (!newest.equals(Optional.of(open))) {
      newest = Optional.of(List.copyOf(open));
      writer.soon();
    }
  }

  /// Writes the newest. Does nothing if there was none: what the run before has left stays.
  @Override
  public void close() {
    writer.close();
    write();
  }

  private synchronized void write() {
    var text = newest.map(open -> format(bootId, open)).orElse(written);
    if (text.equals(written)) {
      return;
    }
    try {
      file.write(text);
      written = text;
      trouble = "";
    } catch (IOException e) {
      if (!trouble.equals(e.toString())) {
        trouble = e.toString();
        LOG.warn("the next run will not know which connections are open: {}", trouble);
      }
    }
  }

  static String format(String bootId, List<OpenConnection> open) {
    return open.stream()
        .sorted(Comparator.comparingInt(each -> each.key().monitorPid()))
        .map(SavedConnections::line)
        .collect(Collectors.joining("", VERSION + " " + bootId + "\n", ""));
  }

  private static String line(OpenConnection each) {
    return "%d %d %s%s\n"
        .formatted(
            each.key().monitorPid(),
            each.key().bornNanos(),
            each.authenticated() ? SESSION : AUTHENTICATION,
            each.decision()
                .map(
                    said ->
                        " %d %s %s %s %s"
                            .formatted(
                                said.atNanos(),
                                said.outcome(),
                                said.method(),
                                said.userClass(),
                                said.evidence()))
                .orElse(""));
  }

  /// @throws IllegalArgumentException if this is no such file
  static EarlierRun parse(String bootId, String text) {
    var lines = text.lines().toList();
    var head = words(lines.isEmpty() ? "" : lines.getFirst());
    if (head.size() != 2 || !head.getFirst().equals(VERSION)) {
      throw new IllegalArgumentException("its first line is of no known version");
    }
    return new EarlierRun(
        lines.stream().skip(1).map(SavedConnections::connection).toList(),
        head.getLast().equals(bootId));
  }

  private static OpenConnection connection(String line) {
    var words = words(line);
    if (words.size() != 3 && words.size() != 8) {
      throw new IllegalArgumentException("a line has %d words".formatted(words.size()));
    }
    return new OpenConnection(
        new ConnectionKey(Integer.parseInt(words.get(0)), Long.parseLong(words.get(1))),
        switch (words.get(2)) {
          case SESSION -> true;
          case AUTHENTICATION -> false;
          default -> throw new IllegalArgumentException("unknown stage: " + words.get(2));
        },
        words.size() == 3
            ? Optional.empty()
            : Optional.of(
                new Decision(
                    Long.parseLong(words.get(3)),
                    Outcome.valueOf(words.get(4)),
                    Method.valueOf(words.get(5)),
                    UserClass.valueOf(words.get(6)),
                    Evidence.valueOf(words.get(7)))));
  }

  private static List<String> words(String line) {
    return List.of(line.split(" ", -1));
  }
}
