package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.tamper.Finding;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes everything that a collector reports as a record of its topic.
public final class RecordWriter {
  private final Topics topics;
  private final Origin origin;
  private final Instant startedAt;
  private final long heartbeatMillis;
  private final String version;
  private final RecordMapper mapper;
  private final Emitter emitter;
  private final Bounded bounded = new Bounded();

  /// @param startedAt when the collector was started
  /// @param heartbeat time between two
  /// @param version of the collector
  public RecordWriter(
      Topics topics,
      Origin origin,
      Instant startedAt,
      Duration heartbeat,
      String version,
      RecordMapper mapper,
      Emitter emitter) {
    this.topics = topics;
    this.origin = origin;
    this.startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
    this.heartbeatMillis = Math.clamp(heartbeat.toMillis(), 1, Bounds.HEARTBEAT.toMillis());
    this.version = version;
    this.mapper = mapper;
    this.emitter = emitter;
  }

  /// The topics that a collector writes.
  public static List<Topic<?>> topics(Topics topics) {
    return List.of(
        topics.authTiming(),
        topics.sessionCpu(),
        topics.probe(),
        topics.selfTest(),
        topics.hostFingerprint(),
        topics.collectorStatus(),
        topics.evidence());
  }

  public void write(Result result) {
    switch (result) {
      case Result.AuthenticationDecided decided ->
          emitter.emit(
              topics.authTiming(),
              mapper.instant(decided.decidedAtNanos()),
              sequence -> mapper.authTiming(decided, sequence));
      case Result.ConnectionEnded ended ->
          emitter.emit(
              topics.sessionCpu(),
              mapper.instant(ended.endedAtNanos()),
              sequence -> mapper.sessionCpu(ended, sequence));
      case Result.Probed probed ->
          emitter.emit(
              topics.probe(),
              mapper.instant(probed.endedAtNanos()),
              sequence -> mapper.probeTiming(probed, sequence));
    }
  }

  /// @param endedNanos when the self-test was over, by `CLOCK_MONOTONIC`
  public void write(List<SelfTestResult> results, long endedNanos) {
    emitter.emit(
        topics.selfTest(),
        mapper.instant(endedNanos),
        sequence -> mapper.selfTest(results, endedNanos, sequence));
  }

  /// @param at the end of the inspection
  /// @param previousAt when the state reported before was last confirmed; empty for the first
  ///   report
  public void write(Fingerprint fingerprint, Instant at, Optional<Instant> previousAt) {
    emitter.emit(
        topics.hostFingerprint(),
        at,
        sequence -> FingerprintMapper.of(origin, fingerprint, at, previousAt, sequence, bounded));
  }

  /// @param at when it was found
  public void write(Finding finding, Instant at) {
    emitter.emit(topics.evidence(), at, sequence -> mapper.evidence(finding, at, sequence));
  }

  /// Wall time of a time on `CLOCK_MONOTONIC`.
  public Instant instant(long nanos) {
    return mapper.instant(nanos);
  }

  /// Writes a heartbeat. Its counts are those of the moment when it is sent.
  ///
  /// @param now by the wall clock
  /// @param sources by name
  /// @param inspectedAt when the inventory was last checked; empty if it never was
  /// @param goodbye whether it is the last one, of a run that was stopped on purpose
  public void write(
      Instant now,
      Map<String, SourceMeter> sources,
      Connections connections,
      Optional<Instant> inspectedAt,
      boolean goodbye) {
    var at = now.truncatedTo(ChronoUnit.MICROS);
    var meters = topics(topics).stream().map(emitter::meter).toList();
    emitter.beat(
        topics.collectorStatus(),
        at,
        (sequence, progress) -> {
          var status =
              CollectorStatus.newBuilder()
                  .setHost(origin.host())
                  .setCollector(origin.collector())
                  .setSequence(sequence)
                  .setAt(at)
                  .setStartedAt(startedAt)
                  .setVersion(version)
                  .setSources(
                      sources.entrySet().stream()
                          .map(source -> StatusMapper.source(source.getKey(), source.getValue()))
                          .toList())
                  .setConnectionsOpen(connections.open())
                  .setConnectionsOpened(connections.opened())
                  .setRecordsAcknowledged(StatusMapper.sum(meters, TopicMeter::acknowledgedCount))
                  .setRecordsDropped(StatusMapper.dropped(meters))
                  .setRecordsInFlight(StatusMapper.sum(meters, TopicMeter::undecided))
                  .setRuns(progress.runs())
                  .setHeartbeatMillis(heartbeatMillis)
                  .setGoodbye(goodbye);
          progress.spool().ifPresent(spool -> status.setSpool(StatusMapper.spool(spool, at)));
          inspectedAt
              .map(inspected -> inspected.truncatedTo(ChronoUnit.MICROS))
              // An inspection that began since then is left to the next heartbeat.
              .filter(inspected -> !inspected.isAfter(at))
              .ifPresent(status::setInventoryAt);
          return status.build();
        });
  }
}
