package io.halfsecond.collector.source.log;

import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import io.halfsecond.collector.source.StateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log source for a file that a syslog daemon writes.
///
/// A file written by `sshd -E` has neither times nor pids (log.c writes the message alone), so its
/// lines belong to no known connection. They are counted as untrusted, and the source's state says
/// so.
final class FileSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

  private static final String NO_PIDS =
      " has lines of sshd without a pid (written by sshd -E?), which cannot be assigned to"
          + " connections; let sshd log to syslog or journald and name that log";

  private final Path file;
  private final LogSettings settings;
  private final SavedPlace place;
  private final MonotonicTime time;
  private final SourceMeter meter = new SourceMeter();
  private final SshdLines sshdLines = new SshdLines(meter);
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Thread> thread = Optional.empty();

  /// How long a rotation may leave no file.
  private static final Duration ROTATION = Duration.ofSeconds(30);

  /// Since when no file has had the name. Confined to the thread that reads.
  private OptionalLong missingSince = OptionalLong.empty();

  /// What was written before has been read. Confined to the thread that reads.
  private long readUntil;

  FileSource(Path file, LogSettings settings, StateFile state, MonotonicTime time) {
    this.file = file;
    this.settings = settings;
    this.place = new SavedPlace(state, time.monotonicNanos());
    this.time = time;
  }

  @Override
  public SourceMeter meter() {
    return meter;
  }

  @Override
  public void start(EventSink sink) throws SourceUnavailableException {
    if (Files.exists(file) && !Files.isReadable(file)) {
      meter.become(Condition.UNAVAILABLE, "no permission to read " + file);
      throw new SourceUnavailableException(
          "no permission to read " + file + LogSources.HOW_TO_READ_LOGS);
    }
    try {
      var saved = place.read(TailPosition::fromText);
      var intake = new LogIntake(meter, sink);
      readUntil = time.monotonicNanos().getAsLong();
      var tail =
          new FileTail(
              file,
              saved,
              line -> take(line, intake),
              sshdLines::tooLong,
              () -> sink.gap(readUntil, time.monotonicNanos().getAsLong()));
      // Opens the file now, so that lines logged from now on are read even if the thread starts
      // late.
      report(tail.step());
      // From here on nothing is missed, even if the collector is killed at once.
      place.reached(reached(tail));
      sink.offeredUntil(Long.MIN_VALUE);
      thread = Optional.of(Thread.ofVirtual().name("log-file").start(() -> follow(tail, sink)));
    } catch (IOException e) {
      meter.become(Condition.UNAVAILABLE, "cannot start with " + file + ": " + e);
      throw new SourceUnavailableException("cannot start with " + file + ": " + e, e);
    }
  }

  private void take(byte[] line, LogIntake intake) {
    sshdLines.take(
        new String(line, StandardCharsets.UTF_8),
        LogCalendar.of(settings.file().zone(), time.wall().instant()),
        (syslog, pid) -> take(syslog, pid, intake));
  }

  private void follow(FileTail tail, EventSink sink) {
    try {
      boolean last = false;
      // Reads once more after close was called, so that nothing written by then is left for the
      // next run.
      while (!last) {
        last = closed.await(settings.file().poll().toNanos(), TimeUnit.NANOSECONDS);
        readOn(tail, sink);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(tail);
    }
  }

  private void readOn(FileTail tail, EventSink sink) {
    try {
      long before = time.monotonicNanos().getAsLong();
      while (tail.step()) {
        if (place.isEmpty()) {
          // Before the first line of a file that has appeared.
          place.reached(reached(tail));
        } else {
          place.passed(() -> reached(tail));
        }
        before = time.monotonicNanos().getAsLong();
        meter.worked(LogSettings.LONGEST_SILENCE);
      }
      readUntil = before;
      sink.offeredUntil(before);
      place.passed(() -> reached(tail));
      report(tail.isOpen() && !isMissing(tail.isNamed(), before));
      meter.worked(LogSettings.LONGEST_SILENCE);
    } catch (IOException e) {
      degrade("cannot read " + file + ": " + e);
    }
  }

  /// Whether the file has been gone for longer than a rotation takes. The one that is open is
  /// another by name, and nobody writes to it.
  private boolean isMissing(boolean named, long now) {
    if (named) {
      missingSince = OptionalLong.empty();
      return false;
    }
    if (missingSince.isEmpty()) {
      missingSince = OptionalLong.of(now);
    }
    return now - missingSince.getAsLong() >= ROTATION.toNanos();
  }

  private void end(FileTail tail) {
    try (tail) {
      place.reached(reached(tail));
    } catch (IOException e) {
      LOG.warn("closing {}: {}", file, e.toString());
    }
    meter.become(Condition.STOPPED, "");
  }

  private void report(boolean open) {
    if (!open) {
      degrade("waiting for " + file + " to exist");
    } else if (sshdLines.lackPids()) {
      degrade(file + NO_PIDS);
    } else if (!place.trouble().isEmpty()) {
      degrade("cannot save how far " + file + " is read: " + place.trouble());
    } else {
      meter.become(
          Condition.RUNNING,
          "reads " + file + "; its pids are what the writers of the lines claim");
    }
  }

  private void degrade(String detail) {
    if (!meter.state().detail().equals(detail)) {
      LOG.warn("log source: {}", detail);
    }
    meter.become(Condition.DEGRADED, detail);
  }

  private static Optional<String> reached(FileTail tail) {
    return tail.position().map(position -> position.toText().strip());
  }

  private void take(SyslogLine line, int pid, LogIntake intake) {
    long now = time.monotonicNanos().getAsLong();
    var at = line.at().map(time::nanosOf).orElse(OptionalLong.of(now));
    if (at.isPresent()) {
      long writtenAt = line.at().map(FileSource::nanos).orElse(now);
      intake.take(at.getAsLong(), writtenAt, pid, line.text());
    } else {
      meter.dropped(Reason.MALFORMED);
    }
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  @Override
  public void close() {
    closed.countDown();
    thread.ifPresent(Source::join);
    thread = Optional.empty();
  }
}
