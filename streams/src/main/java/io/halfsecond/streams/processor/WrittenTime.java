package io.halfsecond.streams.processor;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/// The time of the Kafka record, for the topology's own topics. A record without a time is from
/// 1970, and [CheckCohortInput] rejects it; Kafka's own extractor would stop the topology.
public final class WrittenTime implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.max(0, record.timestamp());
  }
}
