package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Reads sshd's lines from stored logs. It trusts the same lines as a live source: in a journal,
/// the entries of root.
///
/// **Guarantees** read = delivered + dropped, with the reasons in the [#meter]; no line is dated
/// later than a day after its file was last written.
///
/// Not safe for use by several threads.
public final class LogHistory {
  /// Receives sshd's lines in the order of the files. Times are nanoseconds since the epoch.
  @FunctionalInterface
  public interface Output {
    void take(String host, LogEvent event);
  }

  /// The host of lines that name none.
  public static final String NO_HOST = "localhost";

  private static final OptionalInt ROOT = OptionalInt.of(0);
  private static final Duration AHEAD = Duration.ofDays(1);

  private final ZoneId zone;
  private final Predicate<String> hosts;
  private final Output output;
  private final SourceMeter meter = new SourceMeter();
  private final SshdLines sshdLines = new SshdLines(meter);
  private final Map<String, LogIntake> intakes = new HashMap<>();
  private Optional<String> firstUnreadable = Optional.empty();
  private long unreadable;

  /// The number of the line that was read last.
  private long line;

  private boolean timed;
  private boolean timedFinely;

  /// @param zone of times without one
  /// @param hosts the hosts whose lines are wanted; others count as unrelated
  public LogHistory(ZoneId zone, Predicate<String> hosts, Output output) {
    this.zone = zone;
    this.hosts = hosts;
    this.output = output;
  }

  /// Reads a file to its end.
  ///
  /// @param name the file's name in messages
  /// @param written when it was last written to, which gives the year of times without one
  /// @throws IOException if the file cannot be read to its end; the lines before have been
  ///   delivered
  public void read(String name, LogFormat format, InputStream in, Instant written)
      throws IOException {
    var latest = written.plus(AHEAD);
    switch (format) {
      case SYSLOG ->
          readLines(
              name,
              in,
              SshdLogParser.MAX_CHARS,
              line ->
                  sshdLines.take(
                      new String(line, StandardCharsets.UTF_8),
                      written,
                      zone,
                      (syslog, pid) -> take(syslog, pid, latest)));
      case JOURNAL_JSON ->
          readLines(
              name,
              in,
              JournalEntry.MAX_BYTES,
              line -> {
                meter.read();
                take(JournalEntry.parse(line), latest);
              });
      case JOURNAL_EXPORT -> {
        var export = new JournalExport(in);
        line = export.line();
        for (var fields = export.next(); fields.isPresent(); fields = export.next()) {
          meter.read();
          take(JournalEntry.of(fields.get()), latest);
          note(name, line);
          line = export.line();
        }
      }
    }
  }

  private void readLines(String name, InputStream in, int maxBytes, Consumer<byte[]> output)
      throws IOException {
    line = 0;
    var splitter =
        new LineSplitter(
            maxBytes,
            bytes -> {
              output.accept(bytes);
              note(name, ++line);
            },
            () -> takeCut(name));
    splitter.feed(in);
    if (splitter.isWithinLine()) {
      takeCut(name);
    }
  }

  /// A line that is cut may name another client.
  private void takeCut(String name) {
    sshdLines.tooLong();
    note(name, ++line);
  }

  private void take(SyslogLine line, int pid, Instant latest) {
    var host = line.host().orElse(NO_HOST);
    if (!hosts.test(host)) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    var nanos = line.at().map(at -> nanos(at, latest)).orElse(OptionalLong.empty());
    if (nanos.isPresent()) {
      intake(host).take(nanos.getAsLong(), pid, line.text());
    } else {
      meter.dropped(Reason.MALFORMED);
    }
  }

  private void take(Optional<JournalEntry> parsed, Instant latest) {
    if (parsed.isEmpty()) {
      meter.dropped(Reason.MALFORMED);
      return;
    }
    var entry = parsed.get();
    var host = entry.host().orElse(NO_HOST);
    if (!hosts.test(host)) {
      meter.dropped(Reason.UNRELATED);
    } else if (entry.suppression().isPresent()) {
      intake(host).suppressed(entry.suppression().get());
    } else if (entry.program().filter(SshdPrograms.NAMES::contains).isEmpty()) {
      meter.dropped(Reason.UNRELATED);
    } else {
      intake(host)
          .take(
              entry,
              entry.uid().equals(ROOT),
              entry.realtimeMicros().isPresent()
                  ? nanos(LogFormat.instant(entry.realtimeMicros().getAsLong()), latest)
                  : OptionalLong.empty());
    }
  }

  private OptionalLong nanos(Instant at, Instant latest) {
    if (at.isBefore(Instant.EPOCH) || at.isAfter(latest)) {
      return OptionalLong.empty();
    }
    timed = true;
    timedFinely |= at.getNano() != 0;
    return OptionalLong.of(TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano());
  }

  private LogIntake intake(String host) {
    return intakes.computeIfAbsent(
        host,
        name ->
            new LogIntake(
                meter,
                event -> {
                  output.take(name, (LogEvent) event);
                  return true;
                }));
  }

  private void note(String name, long at) {
    long count = meter.droppedCount(Reason.MALFORMED);
    if (count > unreadable) {
      unreadable = count;
      firstUnreadable = firstUnreadable.or(() -> Optional.of(name + ":" + at));
    }
  }

  public SourceMeter meter() {
    return meter;
  }

  /// `FILE:LINE` of the first line that could not be read.
  public Optional<String> firstUnreadable() {
    return firstUnreadable;
  }

  /// Whether all of sshd's lines are dated to the second; a shorter phase then has no duration.
  public boolean isDatedToTheSecond() {
    return timed && !timedFinely;
  }
}
