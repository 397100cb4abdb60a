package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.SourceStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The state of the telemetry of one host: its clock, its last heartbeat, and the last time at
/// which telemetry was lost.
///
/// A collector numbers all its records in one sequence, but sends them on several topics, which may
/// arrive shifted against each other. So a missing number is **counted as lost** only when the
/// clock of the host is [#REORDERING] past the time at which it was missed.
///
/// **Guarantees** that the same records in the same order give the same state, and that a duplicate
/// changes nothing but the clock. Not safe for use by several threads.
public final class HostState {
  /// How far two topics may be shifted against each other. Batches leave a collector within
  /// seconds.
  public static final Duration REORDERING = Duration.ofMinutes(2);

  /// Number of runs of the collector that are remembered. Late records of an old run do not start a
  /// new one.
  static final int MAX_RUNS = 4;

  /// Maximum number of pending gaps. Beyond it, the oldest gap is counted as lost.
  static final int MAX_PENDING = 64;

  private static final byte VERSION = 2;
  private static final long NEVER = Long.MIN_VALUE;

  /// Missing numbers from `from` (inclusive) to `to` (exclusive), missed at event time
  /// `sinceMicros`.
  private record Missing(long from, long to, long sinceMicros) {}

  private static final class Run {
    private long next;
    private long lost;
    private final ArrayDeque<Missing> pending = new ArrayDeque<>();

    private Run(long next) {
      this.next = next;
    }
  }

  private long clockMicros = NEVER;
  private long heartbeatMicros = NEVER;
  private long lossMicros = NEVER;
  private long missing;
  private String cohort = "";
  private final LinkedHashMap<String, Run> runs = new LinkedHashMap<>();

  private HostState() {}

  public static HostState fresh() {
    return new HostState();
  }

  /// Takes one record into account.
  public void accept(Telemetry telemetry) {
    long at = micros(telemetry.at());
    var run = runs.get(telemetry.collector());
    if (run == null) {
      run = startRun(telemetry, at);
    }
    clockMicros = Math.max(clockMicros, at);
    count(run, telemetry.sequence(), at);
    switch (telemetry) {
      case Telemetry.Authentication(var timing) -> {
        cohort = timing.getCohort();
        if (!timing.getComplete()) {
          loseAt(at);
        }
      }
      case Telemetry.Session(var cpu) -> {
        cohort = cpu.getCohort();
        if (!cpu.getComplete() || cpu.getLostEvents() > 0) {
          loseAt(at);
        }
      }
      case Telemetry.Probe(var timing) -> cohort = timing.getCohort();
      case Telemetry.SelfTest(var report) -> cohort = report.getCohort();
      case Telemetry.Inventory(var fingerprint) -> cohort = fingerprint.getCohort();
      case Telemetry.Heartbeat(var status) -> {
        heartbeatMicros = Math.max(heartbeatMicros, at);
        long lost = lost(status);
        if (lost > run.lost) {
          run.lost = lost;
          loseAt(at);
        }
      }
    }
    runs.values().forEach(this::settle);
  }

  /// The newest event time of the host.
  public Instant clock() {
    return instant(clockMicros);
  }

  /// Event time of the newest heartbeat; [Instant#MIN] if there was none.
  public Instant heartbeat() {
    return instant(heartbeatMicros);
  }

  /// The cohort that the newest record with a cohort field names; empty for none.
  public String cohort() {
    return cohort;
  }

  /// The number of records lost between the collector and this application since the host was first
  /// seen.
  public long missingRecords() {
    return missing;
  }

  /// Whether no loss is known at or after an event time. A loss is a gap in a sequence, an event
  /// lost by a source, a record that was dropped or is incomplete, or a restart of the collector.
  public boolean completeSince(Instant from) {
    return lossMicros == NEVER || instant(lossMicros).isBefore(from);
  }

  private Run startRun(Telemetry telemetry, long at) {
    boolean known = !runs.isEmpty();
    // The first run of a host may have begun before its records are read. A later run begins with
    // number 0, and nothing was measured between two runs.
    var run = new Run(known ? 0 : telemetry.sequence());
    if (known) {
      loseAt(at);
    }
    runs.put(telemetry.collector(), run);
    if (runs.size() > MAX_RUNS) {
      var oldest = runs.pollFirstEntry().getValue();
      while (!oldest.pending.isEmpty()) {
        declareLost(oldest.pending.removeFirst());
      }
    }
    return run;
  }

  private void count(Run run, long sequence, long at) {
    if (sequence >= run.next) {
      if (sequence > run.next) {
        run.pending.addLast(new Missing(run.next, sequence, at));
      }
      run.next = sequence + 1;
      return;
    }
    for (Iterator<Missing> each = run.pending.iterator(); each.hasNext(); ) {
      var gap = each.next();
      if (sequence >= gap.from && sequence < gap.to) {
        each.remove();
        if (gap.from < sequence) {
          run.pending.addLast(new Missing(gap.from, sequence, gap.sinceMicros));
        }
        if (sequence + 1 < gap.to) {
          run.pending.addLast(new Missing(sequence + 1, gap.to, gap.sinceMicros));
        }
        return;
      }
    }
  }

  private void settle(Run run) {
    long due =
        clockMicros - ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(REORDERING));
    for (Iterator<Missing> each = run.pending.iterator(); each.hasNext(); ) {
      var gap = each.next();
      if (gap.sinceMicros < due) {
        each.remove();
        declareLost(gap);
      }
    }
    while (run.pending.size() > MAX_PENDING) {
      declareLost(run.pending.removeFirst());
    }
  }

  private void declareLost(Missing gap) {
    missing += gap.to - gap.from;
    loseAt(gap.sinceMicros);
  }

  private void loseAt(long micros) {
    lossMicros = Math.max(lossMicros, micros);
  }

  private static long lost(CollectorStatus status) {
    long lost = 0;
    for (SourceStatus source : status.getSources()) {
      lost += source.getLost();
    }
    for (long dropped : status.getRecordsDropped().values()) {
      lost += dropped;
    }
    return lost;
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static Instant instant(long micros) {
    return micros == NEVER ? Instant.MIN : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// Version byte 2; clock, heartbeat and loss in microseconds; missing; cohort; then for each run:
  /// name, next number, lost, pending gaps.
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream(128);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(clockMicros);
      out.writeLong(heartbeatMicros);
      out.writeLong(lossMicros);
      out.writeLong(missing);
      out.writeUTF(cohort);
      out.writeByte(runs.size());
      for (Map.Entry<String, Run> entry : runs.entrySet()) {
        var run = entry.getValue();
        out.writeUTF(entry.getKey());
        out.writeLong(run.next);
        out.writeLong(run.lost);
        out.writeByte(run.pending.size());
        for (var gap : run.pending) {
          out.writeLong(gap.from);
          out.writeLong(gap.to);
          out.writeLong(gap.sinceMicros);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  public static HostState fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "host state: version " + version + ", known is " + VERSION);
      }
      var state = new HostState();
      state.clockMicros = in.readLong();
      state.heartbeatMicros = in.readLong();
      state.lossMicros = in.readLong();
      state.missing = in.readLong();
      if (state.missing < 0) {
        throw new IllegalArgumentException("host state: a negative number of missing records");
      }
      state.cohort = in.readUTF();
      int runs = in.readUnsignedByte();
      for (int i = 0; i < runs; i++) {
        var name = in.readUTF();
        var run = new Run(in.readLong());
        run.lost = in.readLong();
        int pending = in.readUnsignedByte();
        for (int j = 0; j < pending; j++) {
          run.pending.addLast(new Missing(in.readLong(), in.readLong(), in.readLong()));
        }
        state.runs.put(name, run);
      }
      if (in.available() > 0) {
        throw new IllegalArgumentException("host state: " + in.available() + " bytes too many");
      }
      return state;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "host state: cannot be read after %d bytes: %s".formatted(bytes.length, e), e);
    }
  }
}
