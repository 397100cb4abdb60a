package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
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
/// **Guarantees** read = delivered + dropped, with the reasons in the [#meter] and in
/// [#unreadable]; no line is dated later than a day after its file was last written.
///
/// Not safe for use by several threads.
public final class LogHistory {
  /// Receives sshd's lines in the order of the files. Times are nanoseconds since the epoch.
  @FunctionalInterface
  public interface Output {
    void take(String host, LogEvent event);
  }

  /// What is wrong with a line that cannot be read.
  public enum Defect {
    /** Neither a frame of a log daemon nor a line of sshd's. */
    FRAME,
    /** Too long, or without its end. */
    CUT,
    /** Its host is empty or has no legal name. */
    HOST,
    /** It has no time, or one that is later than the file. */
    TIME,
    /** No journal entry, or one without its message. */
    ENTRY
  }

  /// @param first `FILE:LINE` of the first of them
  public record UnreadableLines(long count, String first) {
    private UnreadableLines plus(UnreadableLines later) {
      return new UnreadableLines(count + later.count, first);
    }
  }

  /// The host of lines that name none.
  public static final String NO_HOST = "localhost";

  private static final OptionalInt ROOT = OptionalInt.of(0);

  private final Predicate<String> hosts;
  private final Output output;
  private final SourceMeter meter = new SourceMeter();
  private final SshdLines sshdLines = new SshdLines(meter);
  private final UnknownMessages unknown = new UnknownMessages();
  private final Map<String, LogIntake> intakes = new HashMap<>();
  private final Map<Defect, UnreadableLines> unreadable = new EnumMap<>(Defect.class);
  private Optional<String> firstUnreadable = Optional.empty();

  /// The number of the line that is read.
  private long line;

  /// What is wrong with that line if it counts as malformed.
  private Defect defect = Defect.FRAME;

  private String lastLogged = "";
  private Optional<String> lastHost = LoggedHost.of(lastLogged);
  private long ofJournal;
  private boolean timed;
  private boolean timedFinely;

  /// @param hosts the hosts whose lines are wanted; others count as unrelated
  public LogHistory(Predicate<String> hosts, Output output) {
    this.hosts = hosts;
    this.output = output;
  }

  /// Reads a file to its end.
  ///
  /// @param name the file's name in messages
  /// @param calendar completes its times; its reference is when the file was last written
  /// @throws IOException if the file cannot be read to its end; the lines before have been
  ///   delivered
  public void read(String name, LogFormat format, InputStream in, LogCalendar calendar)
      throws IOException {
    var latest = calendar.reference().plus(LogCalendar.AHEAD);
    switch (format) {
      case SYSLOG ->
          readLines(
              name,
              in,
              Defect.FRAME,
              SshdLogParser.MAX_CHARS,
              line ->
                  sshdLines.take(
                      new String(line, StandardCharsets.UTF_8),
                      calendar,
                      (syslog, pid) -> take(syslog, pid, latest)));
      case JOURNAL_JSON ->
          readLines(
              name,
              in,
              Defect.ENTRY,
              JournalEntry.MAX_BYTES,
              line -> take(JournalEntry.parse(line), latest));
      case JOURNAL_EXPORT -> {
        var export = new JournalExport(in);
        line = export.line();
        for (var fields = export.next(); fields.isPresent(); fields = export.next()) {
          var entry = JournalEntry.of(fields.get());
          reading(name, Defect.ENTRY, () -> take(entry, latest));
          line = export.line();
        }
      }
    }
  }

  private void readLines(
      String name, InputStream in, Defect usual, int maxBytes, Consumer<byte[]> output)
      throws IOException {
    line = 1;
    var splitter =
        new LineSplitter(
            maxBytes,
            bytes -> {
              reading(name, usual, () -> output.accept(bytes));
              line++;
            },
            () -> {
              reading(name, Defect.CUT, sshdLines::tooLong);
              line++;
            });
    splitter.feed(in);
    if (splitter.isWithinLine()) {
      // A line that is cut may name another client.
      reading(name, Defect.CUT, sshdLines::tooLong);
    }
  }

  /// Reads a line, and remembers what is wrong with it if it is counted as malformed.
  ///
  /// @param usual what is wrong with it if nothing else is said
  private void reading(String name, Defect usual, Runnable take) {
    long before = meter.droppedCount(Reason.MALFORMED);
    defect = usual;
    take.run();
    if (meter.droppedCount(Reason.MALFORMED) > before) {
      var place = name + ":" + line;
      firstUnreadable = firstUnreadable.or(() -> Optional.of(place));
      unreadable.merge(defect, new UnreadableLines(1, place), UnreadableLines::plus);
    }
  }

  private void malformed(Defect why) {
    defect = why;
    meter.dropped(Reason.MALFORMED);
  }

  private void take(SyslogLine syslog, int pid, Instant latest) {
    var host = host(syslog.host());
    if (host.isEmpty()) {
      malformed(Defect.HOST);
      return;
    }
    if (!hosts.test(host.get())) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    var nanos = syslog.at().map(at -> nanos(at, latest)).orElse(OptionalLong.empty());
    if (nanos.isPresent()) {
      intake(host.get()).take(nanos.getAsLong(), pid, syslog.text());
    } else {
      malformed(Defect.TIME);
    }
  }

  private void take(Optional<JournalEntry> parsed, Instant latest) {
    meter.read();
    if (parsed.isEmpty()) {
      malformed(Defect.ENTRY);
      return;
    }
    var entry = parsed.get();
    boolean ofSshd = entry.program().filter(SshdPrograms.NAMES::contains).isPresent();
    if (!ofSshd && entry.suppression().isEmpty()) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    ofJournal += ofSshd ? 1 : 0;
    var host = host(entry.host());
    if (host.isEmpty()) {
      malformed(Defect.HOST);
    } else if (!hosts.test(host.get())) {
      meter.dropped(Reason.UNRELATED);
    } else if (entry.suppression().isPresent()) {
      intake(host.get()).suppressed(entry.suppression().get());
    } else {
      var at =
          entry.realtimeMicros().isPresent()
              ? nanos(LogFormat.instant(entry.realtimeMicros().getAsLong()), latest)
              : OptionalLong.empty();
      defect = at.isEmpty() ? Defect.TIME : Defect.ENTRY;
      intake(host.get()).take(entry, entry.uid().equals(ROOT), at);
    }
  }

  /// The host of a line, which usually is that of the line before.
  private Optional<String> host(Optional<String> ofLine) {
    var logged = ofLine.orElse(NO_HOST);
    if (!logged.equals(lastLogged)) {
      lastLogged = logged;
      lastHost = LoggedHost.of(logged);
    }
    return lastHost;
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
                },
                unknown::add));
  }

  public SourceMeter meter() {
    return meter;
  }

  /// `FILE:LINE` of the first line that could not be read.
  public Optional<String> firstUnreadable() {
    return firstUnreadable;
  }

  /// The lines that could not be read, by what is wrong with them.
  public Map<Defect, UnreadableLines> unreadable() {
    return unreadable;
  }

  /// How many lines were sshd's, whether they could be used or not.
  public long sshdCount() {
    return sshdLines.count() + ofJournal;
  }

  /// The messages of sshd's that no template fits.
  public UnknownMessages unknown() {
    return unknown;
  }

  /// Whether all of sshd's lines are dated to the second; a shorter phase then has no duration.
  public boolean isDatedToTheSecond() {
    return timed && !timedFinely;
  }
}
