package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps records in files until they are acknowledged or given up.
///
/// **Guarantees** a record that was appended outlasts the process; once [#save] has synced it, it
/// outlasts a crash of the machine too. No disk error is thrown but by a [SegmentReader]: records
/// that cannot be written are refused, and writing is tried again every few seconds. **Assumes**
/// one thread, and one process per directory.
public final class Spool implements AutoCloseable {
  /// Name of its directory in the collector's state directory.
  public static final String DIRECTORY = "spool";

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  /// How long a segment that cannot be opened holds up those behind it.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();

  /// What earlier runs left.
  ///
  /// @param runs the oldest first; all have ended
  public record Recovered(List<Segment> segments, List<Run> runs) {}

  private final Path directory;
  private final SpoolSettings settings;
  private final String run;
  private final String bootId;
  private final InstantSource wall;
  private final LongSupplier monotonicNanos;

  /// The oldest first; the last may be the one that is written.
  private final Deque<Segment> segments = new ArrayDeque<>();

  private @Nullable RunFiles runFiles;
  private @Nullable ContainerWriter writer;
  private boolean opened;

  /// Whether the earlier runs are written down, so that their count may be overwritten.
  private boolean saved;

  private long nextPosition;
  private String trouble = "not opened yet";
  private boolean told;
  private long retryAtNanos;
  private boolean unsynced;

  /// @param run of this collector
  /// @param bootId of the running kernel
  public Spool(
      Path directory,
      SpoolSettings settings,
      String run,
      String bootId,
      InstantSource wall,
      LongSupplier monotonicNanos) {
    this.directory = directory;
    this.settings = settings;
    this.run = run;
    this.bootId = bootId;
    this.wall = wall;
    this.monotonicNanos = monotonicNanos;
    this.retryAtNanos = monotonicNanos.getAsLong();
  }

  /// Keeps nothing.
  public static Spool none() {
    var none =
        new Spool(Path.of(""), SpoolSettings.defaults(), "", "", InstantSource.system(), () -> 0);
    none.retryAtNanos = Long.MAX_VALUE;
    return none;
  }

  /// Why records cannot be written; empty if they can.
  public String trouble() {
    return trouble;
  }

  public long bytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  public Optional<Instant> oldestAt() {
    return segments.stream()
        .flatMap(segment -> segment.oldestAt().stream())
        .min(Instant::compareTo);
  }

  /// Opens the directory, once it can be opened.
  ///
  /// @return what was found, from the call that has opened it
  public Optional<Recovered> open() {
    if (opened || monotonicNanos.getAsLong() < retryAtNanos) {
      return Optional.empty();
    }
    try {
      var found = SpoolDirectory.open(directory);
      var recovery = new Recovery(found, bootId, wall, monotonicNanos);
      runFiles = new RunFiles(directory);
      if (!found.foreign().isEmpty()) {
        LOG.warn(
            "spool: {} has files of others, which are left alone: {}", directory, found.foreign());
      }
      nextPosition = recovery.nextPosition();
      segments.addAll(recovery.segments());
      opened = true;
      trouble = "";
      // Where that fails for want of room, what was found is sent all the same.
      save(recovery.runs(), true);
      assigned(0);
      if (trouble.isEmpty()) {
        succeeded();
      }
      return Optional.of(new Recovered(recovery.segments(), recovery.runs()));
    } catch (IOException | RuntimeException e) {
      failed(e);
      return Optional.empty();
    }
  }

  /// Appends a batch.
  ///
  /// @return where it is; empty if it could not be written
  public Optional<Segment> append(List<SpooledRecord> batch) {
    if (!opened || (!trouble.isEmpty() && monotonicNanos.getAsLong() < retryAtNanos)) {
      return Optional.empty();
    }
    try {
      var segment = active();
      var open = writer;
      if (open == null) {
        throw new IllegalStateException("no segment is open");
      }
      open.append(batch.stream().map(SpoolFormat::of).toList());
      batch.forEach(segment::add);
      segment.bytes(open.length());
      nextPosition += batch.size();
      unsynced = true;
      succeeded();
      if (segment.bytes() >= settings.segmentBytes()) {
        seal();
      }
      return Optional.of(segment);
    } catch (IOException | RuntimeException e) {
      failed(e);
      return Optional.empty();
    }
  }

  /// Reads a segment from its start. It gets no more records then.
  ///
  /// @return empty if it cannot be opened now, as where the process has no file descriptor left
  /// @throws IOException if it was deleted, or could not be opened for a minute
  public Optional<SegmentReader> reader(Segment segment) throws IOException {
    if (writer != null && segment == segments.peekLast()) {
      seal();
    }
    try {
      var reader = new SegmentReader(segment.file(), segment.bytes());
      segment.opened();
      return Optional.of(reader);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      var since = segment.notOpened(monotonicNanos.getAsLong());
      if (since.compareTo(PATIENCE) >= 0) {
        throw e;
      }
      if (since.isZero()) {
        LOG.warn("spool: {} cannot be read; it is tried again: {}", segment.file(), e.toString());
      }
      return Optional.empty();
    }
  }

  /// Says how many numbers the run has given.
  public void assigned(long count) {
    var files = runFiles;
    if (files != null && saved) {
      try {
        files.write(new RunFiles.Assigned(run, count));
      } catch (IOException _) {
        // The file was made when the spool was opened: what fails here fails at the next append.
      }
    }
  }

  /// Writes how far the runs have come, and deletes segments that are settled.
  ///
  /// @param sync whether the records on disk must outlast a crash of the machine
  public void save(List<Run> runs, boolean sync) {
    var files = runFiles;
    if (files == null || (!trouble.isEmpty() && monotonicNanos.getAsLong() < retryAtNanos)) {
      return;
    }
    try {
      if (writer != null && !Files.exists(segments.getLast().file(), LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(segments.getLast().file() + " was deleted");
      }
      if (sync && unsynced && writer != null) {
        writer.sync();
        unsynced = false;
      }
      files.write(runs, sync);
      saved = true;
      if (!trouble.isEmpty()) {
        // An empty batch shows whether there is room again.
        active();
        if (writer != null) {
          writer.append(List.of());
        }
        succeeded();
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
    // Also where the rest failed, because that may be for want of room.
    deleteSettled();
  }

  /// The oldest segment, if the spool is larger or the segment older than allowed.
  public Optional<Overdue> overdue() {
    if (segments.isEmpty()) {
      return Optional.empty();
    }
    var oldest = segments.getFirst();
    long now = monotonicNanos.getAsLong();
    if (writer != null && segments.getLast().age(now).compareTo(settings.segmentAge()) >= 0) {
      seal();
    }
    if (oldest.age(now).compareTo(settings.age()) >= 0) {
      return Optional.of(new Overdue(oldest, false));
    }
    return bytes() > settings.bytes() ? Optional.of(new Overdue(oldest, true)) : Optional.empty();
  }

  /// @param full whether for the size of the spool, else for the age of the segment
  public record Overdue(Segment segment, boolean full) {}

  /// Deletes a segment, whatever is in it.
  public void delete(Segment segment) {
    if (writer != null && segment == segments.peekLast()) {
      seal();
    }
    segments.remove(segment);
    try {
      Files.deleteIfExists(segment.file());
    } catch (IOException e) {
      failed(e);
    }
  }

  /// Deletes what is settled; the rest stays for the next run.
  @Override
  public void close() {
    seal();
    deleteSettled();
    try {
      if (runFiles != null) {
        runFiles.close();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void deleteSettled() {
    for (var segment : List.copyOf(segments)) {
      if (segment.settled() && !(writer != null && segment == segments.getLast())) {
        delete(segment);
      }
    }
  }

  private Segment active() throws IOException {
    if (writer == null) {
      SpoolDirectory.open(directory);
      var file = SpoolDirectory.segment(directory, nextPosition);
      // Left by a failed attempt, with nothing in it.
      if (segments.stream().noneMatch(segment -> segment.file().equals(file))) {
        Files.deleteIfExists(file);
      }
      writer = new ContainerWriter(file, SpoolFormat.RECORD);
      segments.add(new Segment(file, nextPosition, monotonicNanos.getAsLong()));
    }
    return segments.getLast();
  }

  private void seal() {
    var open = writer;
    if (open == null) {
      return;
    }
    writer = null;
    // A segment without a number would give its name to the next one.
    nextPosition = Math.max(nextPosition, segments.getLast().position() + 1);
    try {
      if (unsynced) {
        open.sync();
        unsynced = false;
      }
      open.close();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void succeeded() {
    if (told) {
      LOG.info("spool: records are written to {} again", directory);
    }
    trouble = "";
    told = false;
  }

  private void failed(Exception e) {
    trouble = e.getMessage() == null ? e.getClass().getSimpleName() : e.toString();
    retryAtNanos = monotonicNanos.getAsLong() + RETRY_NANOS;
    if (!told) {
      told = true;
      LOG.warn(
          "spool: records are kept in memory only, for {} cannot be written: {}",
          directory,
          trouble);
    }
    // What was written stays readable: its length is known.
    unsynced = false;
    seal();
  }
}
