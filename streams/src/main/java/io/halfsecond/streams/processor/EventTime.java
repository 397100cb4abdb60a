package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.jspecify.annotations.Nullable;

/// Event time as the host wrote it into the record.
///
/// A record whose time is out of bounds is given the partition's time instead, so that it moves
/// nobody's clock; [Check] then dead-letters it.
public final class EventTime implements TimestampExtractor {
  private final TimeBounds bounds;
  private final InstantSource clock;

  public EventTime(TimeBounds bounds, InstantSource clock) {
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    var at = at(record.value());
    return at != null && bounds.contain(at, clock.instant())
        ? at.toEpochMilli()
        : Math.max(0, partitionTime);
  }

  private static @Nullable Instant at(@Nullable Object value) {
    return switch (value) {
      case AuthTiming timing -> timing.getDecidedAt();
      case SessionCpu cpu -> cpu.getEndedAt();
      case ProbeTiming probe -> probe.getAt();
      case SelfTestReport report -> report.getAt();
      case CollectorStatus status -> status.getAt();
      case AlertControl control -> control.getAcknowledgement().getAt();
      case null, default -> null;
    };
  }
}
