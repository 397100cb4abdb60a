package io.halfsecond.streams.processor;

import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.InstantSource;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/// Reads the event time of a record.
///
/// A record out of the time bounds gets the time of its partition, so it does not advance that
/// time. [Check] rejects it afterwards.
public final class EventTime<V> implements TimestampExtractor {
  private final Function<V, Input> asInput;
  private final TimeBounds bounds;
  private final InstantSource clock;

  public EventTime(Function<V, Input> asInput, TimeBounds bounds, InstantSource clock) {
    this.asInput = asInput;
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  @SuppressWarnings("unchecked") // the topic's serde gave the value
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    if (record.value() != null) {
      var at = asInput.apply(((Received<V>) record.value()).value()).at();
      if (bounds.contain(at, clock.instant())) {
        return at.toEpochMilli();
      }
    }
    return Math.max(0, partitionTime);
  }
}
