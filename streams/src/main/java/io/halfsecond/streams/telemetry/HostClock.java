package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.telemetry.HostState.instant;
import static io.halfsecond.streams.telemetry.HostState.micros;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The time by which a host is judged. It is that of the host's clock, unless that clock was set
/// back or is ahead: then a correction is added, so that the time neither goes back nor is in the
/// future, and the host is judged in its own order of events.
///
/// Each run of a collector numbers its records and sends a heartbeat every few seconds. A heartbeat
/// that is dated before the one with the last number says that the clock was set back by at least
/// their difference. The correction then shrinks by half of the time that passes, as adjtime(3)
/// slews a clock, and at once by a jump forward.
///
/// **Guarantees** that the same records in the same order get the same corrections, but for a host
/// whose clock is ahead: that shows only by the wall clock of the reader.
public final class HostClock {
  /// The least step that is corrected.
  private static final long STEP_MICROS = 2_000_000;

  /// How far ahead a clock may be without a correction.
  private static final long AHEAD_MICROS = TimeBounds.defaults().future().toNanos() / 1_000;

  /// Longer between two heartbeats is a jump forward, or a collector that was away.
  private static final long PAUSE_MICROS = 60_000_000;

  private static final long NEVER = Long.MIN_VALUE;

  /// A step of the clock.
  ///
  /// @param at when, as judged: a time does not pass while the clock is set
  /// @param by how far it was set back; negative if it was set forward, which is not told unless it
  ///   is ahead then
  public record Step(Instant at, Duration by) {}

  /// What is added to the times of a record.
  ///
  /// @param times to those at which something happened
  /// @param starts to those at which a process or the host had started before the run: they were
  ///   taken from the clock when the run began
  /// @param step that this record has told of
  record Correction(Duration times, Duration starts, Optional<Step> step) {
    private static final Correction NONE =
        new Correction(Duration.ZERO, Duration.ZERO, Optional.empty());
  }

  /// The corrections of one run, in microseconds.
  private static final class RunClock {
    private long first;
    private long before;
    private long now;

    /// From this number on `now` is right; below it, unless below `from`, whichever fits.
    private long sure;

    private long from;
    private long beat = -1;
    private long beatAt = NEVER;

    /// Records between two heartbeats were made before or after a step.
    private long correction(long sequence, long at, long newest) {
      boolean fits = Math.abs(at + now - newest) <= Math.abs(at + before - newest);
      return sequence >= sure || (sequence >= from && fits) ? now : before;
    }

    private void set(long correction, long fromSequence, long sureSequence) {
      before = now;
      now = correction;
      from = fromSequence;
      sure = sureSequence;
    }
  }

  /// Of the runs that have sent a heartbeat, or whose clock is ahead. The last one is the newest.
  private final LinkedHashMap<String, RunClock> runs = new LinkedHashMap<>();

  /// The newest heartbeat of any run, as judged.
  private long newest = NEVER;

  /// @param now the wall clock
  Correction of(Telemetry telemetry, Instant now) {
    var header = telemetry.header();
    long sequence = header.sequence();
    long at = micros(header.at());
    long wall = micros(now);
    var run = runs.get(header.collector());
    boolean beats =
        telemetry instanceof Telemetry.Heartbeat && (run == null || sequence > run.beat);
    if (run == null) {
      if (!beats && at <= wall + AHEAD_MICROS) {
        return Correction.NONE;
      }
      run = new RunClock();
    }
    var back = beats ? back(run, sequence, at) : Optional.<Step>empty();
    var forward = ahead(run, sequence, at, wall);
    var step = back.or(() -> forward);
    runs.put(header.collector(), run);
    while (runs.size() > HostState.MAX_RUNS) {
      runs.pollFirstEntry();
    }
    long correction = run.correction(sequence, at, newest);
    if (beats) {
      run.beatAt = at;
      run.beat = sequence;
      newest = Math.max(newest, at + run.now);
    }
    return correction == 0 && run.first == 0 && step.isEmpty()
        ? Correction.NONE
        : new Correction(duration(correction), duration(run.first), step);
  }

  /// Compares a heartbeat with the last one.
  private Optional<Step> back(RunClock run, long sequence, long at) {
    boolean first = run.beatAt == NEVER;
    long last = first ? newest : run.beatAt + run.now;
    if (last == NEVER) {
      return Optional.empty();
    }
    long passed = at + run.now - last;
    if (passed < -STEP_MICROS) {
      // Of another run of the same host, that is known already.
      long known = first && !runs.isEmpty() ? runs.lastEntry().getValue().now : run.now;
      run.set(run.now - passed, first ? 0 : run.beat + 1, sequence);
      run.first = first ? run.now : run.first;
      long by = run.now - known;
      return by > STEP_MICROS
          ? Optional.of(new Step(instant(last), duration(by)))
          : Optional.empty();
    }
    if (run.now > 0) {
      run.set(
          Math.max(0, run.now - Math.max(passed / 2, passed - PAUSE_MICROS)), sequence, sequence);
    }
    return Optional.empty();
  }

  /// A time is never in the future, so the clock is ahead by at least as much as it seems to be.
  private static Optional<Step> ahead(RunClock run, long sequence, long at, long wall) {
    boolean future = at + Math.max(0, run.now) > wall + AHEAD_MICROS;
    if (sequence < run.from || (!future && run.now >= 0)) {
      return Optional.empty();
    }
    long correction = future ? wall - at : 0;
    // How long a record takes to arrive differs.
    if (future && Math.abs(correction - run.now) <= PAUSE_MICROS) {
      return Optional.empty();
    }
    long by = correction - run.now;
    run.set(correction, sequence, sequence);
    return by < 0 && run.beatAt != NEVER
        ? Optional.of(new Step(instant(wall), duration(by)))
        : Optional.empty();
  }

  /// Number of runs, then name, number of the last heartbeat and its time, and corrections of each.
  void write(DataOutput out) throws IOException {
    out.writeLong(newest);
    out.writeByte(runs.size());
    for (Map.Entry<String, RunClock> entry : runs.entrySet()) {
      out.writeUTF(entry.getKey());
      var run = entry.getValue();
      out.writeLong(run.beat);
      out.writeLong(run.beatAt);
      out.writeLong(run.first);
      out.writeLong(run.before);
      out.writeLong(run.now);
      out.writeLong(run.from);
      out.writeLong(run.sure);
    }
  }

  static HostClock read(DataInput in) throws IOException {
    var clock = new HostClock();
    clock.newest = in.readLong();
    int runs = in.readUnsignedByte();
    for (int i = 0; i < runs; i++) {
      var run = new RunClock();
      clock.runs.put(in.readUTF(), run);
      run.beat = in.readLong();
      run.beatAt = in.readLong();
      run.first = in.readLong();
      run.before = in.readLong();
      run.now = in.readLong();
      run.from = in.readLong();
      run.sure = in.readLong();
    }
    return clock;
  }

  private static Duration duration(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }
}
