package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.schemas.UnknownVersionException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The state of the telemetry of one host: its clock, its last heartbeat, the runs of its
/// collector, which records arrived, and what was lost.
///
/// **Guarantees** that the same records in the same order give the same state, and that a duplicate
/// changes nothing but the clock. Not safe for use by several threads.
public final class HostState {
  /// Whether a record is new.
  public enum Arrival {
    NEW,
    /** A record of this run with this number has arrived before. */
    DUPLICATE,
    /** Of a run that is no longer remembered, or never was: it may be a duplicate. */
    LATE
  }

  /// Number of runs of the collector that are remembered: those that a heartbeat may name.
  static final int MAX_RUNS = Bounds.RUNS + 1;

  private static final byte VERSION = 6;

  /// Without corrections of the clock.
  private static final byte BEFORE_CORRECTIONS = 5;

  /// Without the runs of the collector.
  private static final byte BEFORE_RUNS = 4;

  private static final long NEVER = Long.MIN_VALUE;
  private static final long REMEMBERED_MICROS = Telemetry.Id.REMEMBERED.toMillis() * 1_000;

  /// Drops of events by a source that are losses; the others are of no concern to sshd.
  private static final List<String> LOSSES_OF_SOURCES = List.of("queue-full", "overflow");

  private long clockMicros = NEVER;
  private long heartbeatMicros = NEVER;
  private long sinceMicros = NEVER;
  private String cohort = "";

  /// The one that was heard of last is the last one.
  private final LinkedHashMap<String, SequenceRun> runs = new LinkedHashMap<>(16, 0.75f, true);

  private Losses losses = new Losses();
  private LivingCollectors collectors = new LivingCollectors();
  private CollectorRuns collectorRuns = new CollectorRuns();
  private LastIds ids = new LastIds();
  private HostClock corrections = new HostClock();

  /// By the last record. It is not stored.
  private long missing;

  private HostState() {}

  public static HostState fresh() {
    return new HostState();
  }

  /// A record with the times by which the host is judged.
  ///
  /// @param step of the host's clock, of which this record has told
  public record Judged(Telemetry telemetry, Optional<HostClock.Step> step) {}

  /// Relates the times of a record, which are those of the host's clock, to those of the records
  /// before it. Every record must pass this once, in the order of arrival.
  ///
  /// @param now the wall clock
  public Judged judged(Telemetry telemetry, Instant now) {
    var correction = corrections.of(telemetry, now);
    return new Judged(Corrected.by(correction, telemetry), correction.step());
  }

  /// Takes one record into account, with the times by which the host is judged.
  public Arrival accept(Telemetry telemetry) {
    missing = 0;
    long at = micros(telemetry.at());
    var run = runs.get(telemetry.collector());
    if (run == null) {
      if (isKnown() && at < clockMicros - REMEMBERED_MICROS) {
        return Arrival.LATE;
      }
      // Nothing was measured between two runs.
      losses.add(Losses.RESTART, runs.isEmpty() ? 0 : 1, at);
      // Its first records may have expired before they were read, until its heartbeat says when it
      // began.
      run = start(telemetry.collector(), telemetry.sequence());
    }
    sinceMicros = sinceMicros == NEVER ? at : sinceMicros;
    clockMicros = Math.max(clockMicros, at);
    if (!run.arrive(telemetry.sequence(), at)) {
      return Arrival.DUPLICATE;
    }
    switch (telemetry) {
      case Telemetry.Authentication(var timing) -> {
        cohort = timing.getCohort();
        boolean older = timing.getSeenSince().isPresent();
        losses.add(Losses.INCOMPLETE, timing.getComplete() || older ? 0 : 1, at);
      }
      case Telemetry.Session(var cpu) -> {
        cohort = cpu.getCohort();
        // What is missing of a connection that is older than its run was lost with the run before.
        boolean whole = cpu.getComplete() || cpu.getSeenSince().isPresent();
        losses.add(Losses.INCOMPLETE, whole && cpu.getLostEvents() == 0 ? 0 : 1, at);
      }
      case Telemetry.Probe(var timing) -> cohort = timing.getCohort();
      case Telemetry.SelfTest(var report) -> cohort = report.getCohort();
      case Telemetry.Inventory(var fingerprint) -> cohort = fingerprint.getCohort();
      case Telemetry.Tampering(var evidence) -> cohort = evidence.getCohort();
      case Telemetry.Heartbeat(var status) -> heartbeat(run, status, at);
    }
    settle(run, at);
    return Arrival.NEW;
  }

  /// Remembers the id of a record that has arrived.
  ///
  /// @return whether it is one of the last ids, so that the record was made again
  public boolean hasSeen(Telemetry telemetry) {
    return telemetry.id().filter(id -> !ids.add(id, micros(telemetry.at()))).isPresent();
  }

  /// A record was left out because it is too old to be told from a duplicate.
  public void late(Instant at) {
    losses.add(Losses.LATE, 1, micros(at));
  }

  /// Whether telemetry of the host was taken before.
  public boolean isKnown() {
    return clockMicros != NEVER;
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

  public LivingCollectors collectors() {
    return collectors;
  }

  public CollectorRuns collectorRuns() {
    return collectorRuns;
  }

  /// How many records are missing that were not known to be before the last record.
  public long newlyMissing() {
    return missing;
  }

  /// What was lost since the host was first seen.
  public Losses losses() {
    return losses;
  }

  /// The losses that were told at or after an event time: a gap in a sequence, an event lost by a
  /// source, a record that was given up, a connection that is incomplete, or a restart of the
  /// collector.
  public List<TelemetryLoss> lossesSince(Instant from) {
    return losses.since(from);
  }

  /// The event time up to which all records of the host have been sent. It is that of the record,
  /// unless that is a heartbeat that overtook older records.
  public static Instant completeTo(Telemetry telemetry) {
    return telemetry instanceof Telemetry.Heartbeat(var status)
        ? status
            .getSpool()
            .flatMap(SpoolStatus::getOldestAt)
            .filter(oldest -> oldest.isBefore(status.getAt()))
            .orElse(status.getAt())
        : telemetry.at();
  }

  private SequenceRun start(String name, long countedFrom) {
    var run = new SequenceRun(countedFrom);
    runs.put(name, run);
    runs.values()
        .removeIf(
            known ->
                known != run
                    && known.newestMicros() != NEVER
                    && known.newestMicros() < clockMicros - REMEMBERED_MICROS);
    while (runs.size() > MAX_RUNS) {
      runs.pollFirstEntry();
    }
    return run;
  }

  private void heartbeat(SequenceRun run, CollectorStatus status, long at) {
    heartbeatMicros = Math.max(heartbeatMicros, at);
    boolean before = run.beat();
    collectors.heard(status.getCollector(), before);
    collectorRuns.heard(status, before, at);
    if (micros(status.getStartedAt()) >= sinceMicros) {
      run.countAll();
    }
    for (var source : status.getSources()) {
      count(run, source.getName() + "-lost", source.getLost(), at);
      for (var reason : LOSSES_OF_SOURCES) {
        count(
            run, source.getName() + "-" + reason, source.getDropped().getOrDefault(reason, 0L), at);
      }
    }
    for (var progress : status.getRuns().isEmpty() ? List.of(own(status)) : status.getRuns()) {
      var of = runs.get(progress.getCollector());
      // Of a run whose records were all settled before, there is nothing left to tell. It began
      // after the host was first seen, unless this record is the first.
      if (of == null && progress.getSettled() < progress.getAssigned() && sinceMicros < at) {
        of = start(progress.getCollector(), 0);
      }
      if (of != null) {
        progress(of, progress, at);
      }
    }
  }

  /// The account of a collector that knows no [RunProgress].
  private static RunProgress own(CollectorStatus status) {
    boolean idle = status.getRecordsInFlight() <= 1;
    return RunProgress.newBuilder()
        .setCollector(status.getCollector())
        .setAssigned(status.getSequence() + 1)
        .setSettled(idle ? status.getSequence() : 0)
        .setLastAcknowledged(Map.of())
        .setDropped(status.getRecordsDropped())
        .build();
  }

  private void progress(SequenceRun run, RunProgress progress, long at) {
    progress.getDropped().forEach((reason, count) -> count(run, reason, count, at));
    count(run, "killed", progress.getUnaccounted(), at);
    run.take(progress);
    settle(run, at);
  }

  private void count(SequenceRun run, String reason, long value, long at) {
    losses.add(reason, run.growth(reason, value), at);
  }

  private void settle(SequenceRun run, long at) {
    long more = run.settle();
    missing = Counts.sum(missing, more);
    losses.add(Losses.MISSING, more, at);
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Instant instant(long micros) {
    return micros == NEVER ? Instant.MIN : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// Version byte 6; clock, heartbeat and first record in microseconds; cohort; the living
  /// collectors; the runs of the collector, which version 4 does not have; the losses; the last
  /// ids; name and state of each run; the corrections of the clock, which version 5 does not have.
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(clockMicros);
      out.writeLong(heartbeatMicros);
      out.writeLong(sinceMicros);
      out.writeUTF(cohort);
      collectors.write(out);
      collectorRuns.write(out);
      losses.write(out);
      ids.write(out);
      out.writeByte(runs.size());
      for (Map.Entry<String, SequenceRun> run : runs.entrySet()) {
        out.writeUTF(run.getKey());
        run.getValue().write(out);
      }
      corrections.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  public static HostState fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte version = in.readByte();
      if (version < BEFORE_RUNS || version > VERSION) {
        throw new UnknownVersionException("host state", version, VERSION);
      }
      var state = new HostState();
      state.clockMicros = in.readLong();
      state.heartbeatMicros = in.readLong();
      state.sinceMicros = in.readLong();
      state.cohort = in.readUTF();
      state.collectors = LivingCollectors.read(in);
      if (version != BEFORE_RUNS) {
        state.collectorRuns = CollectorRuns.read(in);
      }
      state.losses = Losses.read(in);
      state.ids = LastIds.read(in);
      int runs = in.readUnsignedByte();
      for (int i = 0; i < runs; i++) {
        state.runs.put(in.readUTF(), SequenceRun.read(in));
      }
      if (version > BEFORE_CORRECTIONS) {
        state.corrections = HostClock.read(in);
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
