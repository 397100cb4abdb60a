package io.halfsecond.collector.emit;

import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.SpoolStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// Makes the parts of a heartbeat from meters.
final class StatusMapper {
  private StatusMapper() {}

  static SourceStatus source(String name, SourceMeter meter) {
    var state = meter.state();
    var dropped = new HashMap<String, Long>();
    var droppedInAll = 0L;
    for (var reason : SourceMeter.Reason.values()) {
      var count = meter.droppedCount(reason);
      droppedInAll += count;
      if (count > 0) {
        dropped.put(reason.label(), count);
      }
    }
    // Each count is read once and the rest is in flight, so that the sum holds in every record
    // while the counts go on.
    var assembled = meter.assembledCount();
    var read = meter.readCount();
    return SourceStatus.newBuilder()
        .setName(name)
        .setState(
            switch (state.condition()) {
              case RUNNING -> SourceState.RUNNING;
              case DEGRADED -> SourceState.DEGRADED;
              case STOPPED, UNAVAILABLE -> SourceState.UNAVAILABLE;
            })
        .setDetail(Bounds.text(state.detail()))
        .setRead(read)
        .setAssembled(assembled)
        .setDropped(dropped)
        .setInFlight(read - assembled - droppedInAll)
        .setLost(meter.lostCount())
        .build();
  }

  /// A heartbeat may be sent later than it is dated, and records come meanwhile.
  static SpoolStatus spool(SpoolStatus spool, Instant at) {
    return spool.getOldestAt().filter(oldest -> oldest.isAfter(at)).isPresent()
        ? SpoolStatus.newBuilder(spool).setOldestAt(at).build()
        : spool;
  }

  static Map<String, Long> dropped(List<TopicMeter> meters) {
    var dropped = new HashMap<String, Long>();
    for (var reason : TopicMeter.DropReason.values()) {
      var count = sum(meters, meter -> meter.droppedCount(reason));
      if (count > 0) {
        dropped.put(reason.label(), count);
      }
    }
    return dropped;
  }

  static long sum(List<TopicMeter> meters, ToLongFunction<TopicMeter> count) {
    return meters.stream().mapToLong(count).sum();
  }
}
