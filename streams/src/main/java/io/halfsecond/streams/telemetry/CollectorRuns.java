package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.CollectorStatus;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The runs of the collector of one host, as their heartbeats tell of them: whether the last one
/// has said goodbye, how often one ended without, and which sources are lost.
///
/// Not safe for use by several threads.
public final class CollectorRuns {
  /// So many runs that end without a goodbye are no accident any more.
  public static final int RESTARTS = 3;

  /// The time within which they do.
  public static final Duration RESTARTED_WITHIN = Duration.ofMinutes(15);

  /// A run that has lived for so long is not one of those that end again and again.
  public static final Duration STEADY_AFTER = Duration.ofMinutes(30);

  /// How long a source delivers nothing before it is lost. After a start some need a moment.
  public static final Duration LOST_AFTER = Duration.ofMinutes(1);

  private static final long NEVER = Long.MIN_VALUE;

  private String run = "";
  private long sinceMicros = NEVER;
  private boolean goodbye;
  private long heartbeatMillis;

  /// When the last runs began whose predecessor had said no goodbye, the newest last.
  private final ArrayDeque<Long> restarts = new ArrayDeque<>();

  /// Those that have delivered, and since when they do not; never, if they do.
  private final TreeMap<String, Long> sources = new TreeMap<>();

  private final TreeSet<String> lost = new TreeSet<>();

  /// By the last heartbeat. It is not stored.
  private final List<String> recovered = new ArrayList<>();

  CollectorRuns() {}

  /// A heartbeat has arrived that had not arrived before.
  ///
  /// @param before whether the run had sent another one
  void heard(CollectorStatus status, boolean before, long atMicros) {
    if (!status.getCollector().equals(run)) {
      if (!before && !run.isEmpty() && !goodbye) {
        restarts.addLast(atMicros);
      }
      if (restarts.size() > RESTARTS) {
        restarts.removeFirst();
      }
      run = status.getCollector();
      sinceMicros = atMicros;
    }
    goodbye = status.getGoodbye();
    heartbeatMillis = status.getHeartbeatMillis();
    recovered.clear();
    if (!goodbye) {
      take(status, atMicros);
    }
  }

  private void take(CollectorStatus status, long atMicros) {
    var names = new HashSet<String>();
    for (var source : status.getSources()) {
      names.add(source.getName());
      switch (source.getState()) {
        case RUNNING, DEGRADED -> sources.put(source.getName(), NEVER);
        case UNAVAILABLE ->
            sources.computeIfPresent(
                source.getName(),
                (_, since) -> since == NEVER || since > atMicros ? atMicros : since);
        case UNKNOWN -> {}
      }
    }
    // One that the configuration does not ask for any more is not lost.
    sources.keySet().retainAll(names);
    recovered.addAll(lost);
    lost.clear();
    for (var source : sources.entrySet()) {
      long since = source.getValue();
      if (since != NEVER && atMicros - since >= micros(LOST_AFTER)) {
        lost.add(source.getKey());
      }
    }
    recovered.removeAll(lost);
  }

  /// The run that sent the newest heartbeat; empty if there was none.
  public String current() {
    return run;
  }

  /// Whether its newest heartbeat was its last, because it was stopped on purpose.
  public boolean goodbye() {
    return goodbye;
  }

  /// Time between two heartbeats; empty if the collector does not tell it.
  public Optional<Duration> heartbeat() {
    return heartbeatMillis > 0 ? Optional.of(Duration.ofMillis(heartbeatMillis)) : Optional.empty();
  }

  /// The times of the last restarts without a goodbye, if they are so many within so short a time
  /// that it is no accident; else empty.
  public List<Instant> restarts() {
    return restarts.size() == RESTARTS
            && Math.abs(restarts.getLast() - restarts.getFirst()) <= micros(RESTARTED_WITHIN)
        ? restarts.stream().map(at -> Instant.EPOCH.plus(at, ChronoUnit.MICROS)).toList()
        : List.of();
  }

  /// Whether the run has lived long enough by a time.
  public boolean steady(Instant at) {
    return !run.isEmpty()
        && ChronoUnit.MICROS.between(Instant.EPOCH, at) - sinceMicros >= micros(STEADY_AFTER);
  }

  /// What happened before is no longer part of a series.
  public void forgetRestarts() {
    restarts.clear();
  }

  /// Sources that have delivered, deliver no more, and should.
  public List<String> lost() {
    return List.copyOf(lost);
  }

  /// Sources that were lost until the last heartbeat.
  public List<String> recovered() {
    return List.copyOf(recovered);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(run);
    out.writeLong(sinceMicros);
    out.writeBoolean(goodbye);
    out.writeLong(heartbeatMillis);
    out.writeByte(restarts.size());
    for (long at : restarts) {
      out.writeLong(at);
    }
    out.writeByte(sources.size());
    for (Map.Entry<String, Long> source : sources.entrySet()) {
      out.writeUTF(source.getKey());
      out.writeLong(source.getValue());
      out.writeBoolean(lost.contains(source.getKey()));
    }
  }

  static CollectorRuns read(DataInputStream in) throws IOException {
    var runs = new CollectorRuns();
    runs.run = in.readUTF();
    runs.sinceMicros = in.readLong();
    runs.goodbye = in.readBoolean();
    runs.heartbeatMillis = in.readLong();
    int restarts = in.readUnsignedByte();
    for (int i = 0; i < restarts; i++) {
      runs.restarts.addLast(in.readLong());
    }
    int sources = in.readUnsignedByte();
    for (int i = 0; i < sources; i++) {
      var name = in.readUTF();
      runs.sources.put(name, in.readLong());
      if (in.readBoolean()) {
        runs.lost.add(name);
      }
    }
    return runs;
  }
}
