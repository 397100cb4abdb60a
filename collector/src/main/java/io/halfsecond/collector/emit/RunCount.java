package io.halfsecond.collector.emit;

import io.halfsecond.collector.spool.Run;
import io.halfsecond.schemas.RunProgress;
import java.util.HashMap;
import java.util.Map;

/// Counts what becomes of the records of one run. Confined to one thread.
final class RunCount {
  private final String collector;
  private final String bootId;
  private final boolean ended;
  private final long unaccounted;
  private final Map<String, Long> lastAcknowledged;
  private final Map<String, Long> lastSettled;
  private final Map<String, Long> dropped;
  private long assigned;
  private long acknowledged;
  private long settled;
  private long settledAtMillis;

  private RunCount(Run run) {
    this.collector = run.collector();
    this.bootId = run.bootId();
    this.ended = run.ended();
    this.unaccounted = run.unaccounted();
    this.lastAcknowledged = new HashMap<>(run.lastAcknowledged());
    this.lastSettled = new HashMap<>(run.lastSettled());
    this.dropped = new HashMap<>(run.dropped());
    this.assigned = run.assigned();
    this.acknowledged = run.acknowledged();
    this.settledAtMillis = run.settledAtMillis();
  }

  /// The run of this process.
  static RunCount ofThisProcess(String collector, String bootId) {
    return new RunCount(
        new Run(collector, bootId, 0, 0, 0, Map.of(), Map.of(), Map.of(), 0, false, 0));
  }

  /// A run that has ended.
  static RunCount ofEarlier(Run run) {
    return new RunCount(run);
  }

  String collector() {
    return collector;
  }

  long assigned() {
    return assigned;
  }

  void assigned(long count) {
    assigned = count;
  }

  void acknowledged(String topic, long sequence) {
    acknowledged++;
    lastAcknowledged.merge(topic, sequence, Math::max);
  }

  /// @param sequence all records of the topic up to this number are acknowledged or given up
  void settled(String topic, long sequence) {
    lastSettled.merge(topic, sequence, Math::max);
  }

  void dropped(TopicMeter.DropReason reason, long count) {
    if (count > 0) {
      dropped.merge(reason.label(), count, Long::sum);
    }
  }

  /// @param number all records with a smaller one are acknowledged or given up
  void settled(long number) {
    settled = Math.max(settled, number);
  }

  /// All records of the run are acknowledged or given up.
  void settledWhole(long nowMillis) {
    settled(assigned);
    if (settledAtMillis == 0) {
      settledAtMillis = nowMillis;
    }
  }

  /// Whether that was before this time.
  boolean settledBefore(long millis) {
    return settledAtMillis != 0 && settledAtMillis < millis;
  }

  RunProgress progress() {
    return RunProgress.newBuilder()
        .setCollector(collector)
        .setAssigned(assigned)
        .setSettled(settled)
        .setLastAcknowledged(new HashMap<>(lastAcknowledged))
        .setDropped(new HashMap<>(dropped))
        .setUnaccounted(unaccounted)
        .setEnded(ended)
        .build();
  }

  /// @param reserved the run may have given so many numbers by the next call
  /// @param nowEnded whether the run is over
  Run toSave(long reserved, boolean nowEnded) {
    return new Run(
        collector,
        bootId,
        assigned,
        reserved,
        acknowledged,
        lastAcknowledged,
        lastSettled,
        dropped,
        unaccounted,
        ended || nowEnded,
        settledAtMillis);
  }
}
