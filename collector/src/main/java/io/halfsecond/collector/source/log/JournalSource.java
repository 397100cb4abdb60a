package io.halfsecond.collector.source.log;

import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.StateFile;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log source for journald, through `journalctl -f -o json`.
///
/// journald sets `_PID` from the socket's credentials, and `__MONOTONIC_TIMESTAMP` is on the clock
/// of the kernel's process events. Entries of earlier boots are irrelevant: their pids are other
/// processes now. Any user can log under the name of sshd, so an entry counts only if its `_UID`,
/// also set by journald, is root's or the collector's. That excludes the lines of a user's own sshd
/// process after the login, which are not needed.
///
/// When journalctl ends it is restarted from the last cursor. Messages that journald's rate limit
/// dropped count as lost if journald reports them. If the entry of the saved cursor was rotated
/// away while the collector was down, journalctl resumes at the next one; how many are missing is
/// not known, because the journal's sequence numbers count every program's entries.
final class JournalSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(JournalSource.class);

  private static final int MAX_COMPLAINT_BYTES = 512;
  private static final int MAX_BACKOFF_DOUBLINGS = 6;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// A journalctl that has waited for so long will not end at once.
  private static final long STEADY_NANOS = Duration.ofSeconds(10).toNanos();

  private static final int ROOT = 0;

  private final LogSettings settings;
  private final SavedPlace place;
  private final String bootId;
  private final MonotonicTime time;
  private final OptionalInt ownUid = uidOfThisProcess();
  private final SourceMeter meter = new SourceMeter();
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Thread> thread = Optional.empty();
  private volatile Optional<Process> child = Optional.empty();

  // Used by the reading thread only.
  private Optional<String> cursor = Optional.empty();
  private int fruitlessStarts;
  private boolean saveFailed;

  /// @param bootId the running boot, 32 hexadecimal digits
  JournalSource(LogSettings settings, StateFile state, String bootId, MonotonicTime time) {
    this.settings = settings;
    this.place = new SavedPlace(state, time.monotonicNanos());
    this.bootId = bootId;
    this.time = time;
  }

  @Override
  public SourceMeter meter() {
    return meter;
  }

  @Override
  public void start(EventSink sink) throws SourceUnavailableException {
    try {
      cursor = place.read(Optional::of);
      if (cursor.isEmpty()) {
        cursor = newest();
      }
    } catch (IOException e) {
      meter.become(Condition.UNAVAILABLE, "cannot start with the journal: " + e.getMessage());
      throw new SourceUnavailableException("cannot start with the journal: " + e.getMessage(), e);
    }
    running();
    save(true);
    sink.offeredUntil(Long.MIN_VALUE);
    var intake = new LogIntake(meter, sink);
    thread = Optional.of(Thread.ofVirtual().name("log-journal").start(() -> follow(intake)));
  }

  /// The cursor of the newest entry, where a first run starts; empty if the journal is empty.
  private Optional<String> newest() throws IOException {
    var process = start(List.of("-n", "1", "-o", "json", "--output-fields=_PID"));
    var complaints = new Complaints(process.getErrorStream());
    var found = new ArrayList<JournalEntry>();
    try (var out = process.getInputStream()) {
      // Without the cursor of an entry that is too long, reading starts at the journal's beginning,
      // which is safe.
      new LineSplitter(
              JournalEntry.MAX_BYTES,
              line -> JournalEntry.parse(line).ifPresent(found::add),
              () -> {})
          .feed(out);
      boolean ended = process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      if (!ended || process.exitValue() != 0) {
        throw new IOException(settings.journal().journalctl() + " failed: " + complaints.last());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast().cursor());
  }

  private Process start(List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(settings.journal().journalctl());
    settings
        .journal()
        .only()
        .ifPresent(directory -> command.addAll(List.of("-D", directory.toString())));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C");
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private List<String> followArguments() {
    var arguments =
        new ArrayList<>(
            List.of(
                "-f",
                "--no-tail",
                "-o",
                "json",
                "--output-fields=MESSAGE,MESSAGE_ID,_BOOT_ID,_PID,_TRANSPORT,_UID"));
    cursor.ifPresent(place -> arguments.add("--after-cursor=" + place));
    // Matches of the same field are alternatives, and so are the groups between plus signs.
    SshdPrograms.NAMES.forEach(program -> arguments.add("SYSLOG_IDENTIFIER=" + program));
    arguments.add("+");
    SshdPrograms.NAMES.forEach(program -> arguments.add("_COMM=" + program));
    arguments.addAll(
        List.of("+", "MESSAGE_ID=" + JournalEntry.DROPPED_MESSAGE_ID, "_TRANSPORT=driver"));
    return arguments;
  }

  private void follow(LogIntake intake) {
    try {
      while (closed.getCount() > 0) {
        String end = run(intake);
        if (closed.getCount() == 0) {
          break;
        }
        var delay =
            settings
                .journal()
                .restart()
                .multipliedBy(1L << Math.min(fruitlessStarts, MAX_BACKOFF_DOUBLINGS));
        fruitlessStarts++;
        degrade(end + "; starts again in " + delay.toMillis() + " ms");
        if (closed.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      save(true);
      meter.become(Condition.STOPPED, "");
    }
  }

  /// Follows one journalctl to its end.
  ///
  /// @return a message about how it ended
  private String run(LogIntake intake) throws InterruptedException {
    Process process;
    try {
      process = start(followArguments());
    } catch (IOException e) {
      return "cannot start " + settings.journal().journalctl() + ": " + e.getMessage();
    }
    child = Optional.of(process);
    long startedNanos = time.monotonicNanos().getAsLong();
    if (closed.getCount() == 0) {
      process.destroy();
    }
    var complaints = new Complaints(process.getErrorStream());
    String complaint;
    Runnable steady =
        () -> {
          save(false);
          meter.worked(LogSettings.LONGEST_SILENCE);
          if (time.monotonicNanos().getAsLong() - startedNanos >= STEADY_NANOS) {
            delivers();
          }
        };
    try (var out = new JournalctlOutput(process, time.monotonicNanos(), intake.sink(), steady)) {
      new LineSplitter(
              JournalEntry.MAX_BYTES,
              line -> take(JournalEntry.parse(line), intake),
              () -> take(Optional.empty(), intake))
          .feed(out);
      process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      // Before the process is destroyed, which closes the stream.
      complaint = complaints.last();
    } catch (IOException e) {
      complaint = String.valueOf(e.getMessage());
    } finally {
      process.destroyForcibly();
      child = Optional.empty();
    }
    int status = process.waitFor();
    if (complaint.contains("seek to cursor")) {
      goOnFromNewest();
    }
    return settings.journal().journalctl() + " ended with status " + status + ": " + complaint;
  }

  /// journalctl refuses a damaged cursor on every start.
  private void goOnFromNewest() {
    try {
      cursor = newest();
    } catch (IOException e) {
      LOG.warn("finding the newest journal entry: {}", e.toString());
    }
  }

  private void take(Optional<JournalEntry> parsed, LogIntake intake) {
    meter.read();
    meter.worked(LogSettings.LONGEST_SILENCE);
    parsed.ifPresentOrElse(entry -> take(entry, intake), () -> meter.dropped(Reason.MALFORMED));
  }

  /// After journalctl has ended: the next one prints, or stays.
  private void delivers() {
    if (fruitlessStarts > 0) {
      fruitlessStarts = 0;
      running();
    }
  }

  private void take(JournalEntry entry, LogIntake intake) {
    delivers();
    if (entry.suppression().isPresent()) {
      intake.suppressed(entry.suppression().get());
    } else if (!entry.bootId().equals(bootId)) {
      meter.dropped(Reason.IRRELEVANT);
    } else {
      intake.take(
          entry,
          ofTrustedUser(entry),
          OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(entry.monotonicMicros())));
    }
    cursor = Optional.of(entry.cursor());
    save(false);
  }

  private boolean ofTrustedUser(JournalEntry entry) {
    return entry.uid().isPresent()
        && (entry.uid().getAsInt() == ROOT
            || OptionalInt.of(entry.uid().getAsInt()).equals(ownUid));
  }

  private static OptionalInt uidOfThisProcess() {
    try {
      return OptionalInt.of((int) Files.getAttribute(Proc.ROOT.resolve("self"), "unix:uid"));
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  private void save(boolean now) {
    if (now) {
      place.reached(cursor);
    } else {
      place.passed(() -> cursor);
    }
    if (!place.trouble().isEmpty()) {
      saveFailed = true;
      degrade("cannot save the journal's cursor: " + place.trouble());
    } else if (saveFailed) {
      saveFailed = false;
      running();
    }
  }

  private void running() {
    meter.become(Condition.RUNNING, "reads the journal");
  }

  private void degrade(String detail) {
    if (!meter.state().detail().equals(detail)) {
      LOG.warn("log source: {}", detail);
    }
    meter.become(Condition.DEGRADED, detail);
  }

  @Override
  public void close() {
    closed.countDown();
    child.ifPresent(Process::destroy);
    thread.ifPresent(Source::join);
    thread = Optional.empty();
  }

  /// Reads a child's standard error, so that the child cannot block, and keeps the last line.
  private static final class Complaints {
    private final Thread reader;
    private volatile String last = "no message";

    Complaints(InputStream stderr) {
      reader = Thread.ofVirtual().name("log-journal-stderr").start(() -> drain(stderr));
    }

    private void drain(InputStream stderr) {
      try (stderr) {
        new LineSplitter(
                MAX_COMPLAINT_BYTES,
                line -> last = new String(line, StandardCharsets.UTF_8),
                () -> last = "a message too long to show")
            .feed(stderr);
      } catch (IOException e) {
        LOG.debug("reading journalctl's standard error: {}", e.toString());
      }
    }

    /// To be called when the child has ended.
    String last() {
      try {
        // A grandchild could keep the pipe open forever.
        reader.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return last;
    }
  }
}
