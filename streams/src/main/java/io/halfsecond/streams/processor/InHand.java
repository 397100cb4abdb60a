package io.halfsecond.streams.processor;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Keeps which record the first node of a task handles: this node, and all behind it.
final class InHand {
  private final ProcessingContext context;
  private final RecordsInHand records;
  private RecordsInHand.@Nullable Hand hand;

  InHand(ProcessingContext context) {
    this.context = context;
    this.records = DeadLetters.HandlerContext.in(context.appConfigs()).inHand();
  }

  /// Handles a record.
  ///
  /// @throws io.halfsecond.streams.telemetry.InsaneRecordException if two processes have died at it
  void handle(long timestamp, Runnable record) {
    var origin = context.recordMetadata();
    if (origin.isEmpty()) {
      FailedRecordException.handle(record);
      return;
    }
    var taken = hand(origin.get());
    taken.take(origin.get().offset(), timestamp);
    try {
      FailedRecordException.handle(record);
    } catch (RuntimeException e) {
      // Its handler decides. After an error nobody does, and the record stays in hand.
      taken.put();
      throw e;
    }
    taken.put();
  }

  private RecordsInHand.Hand hand(RecordMetadata origin) {
    // A task reads one partition of the topic.
    var known = hand;
    if (known == null) {
      known = records.of(new TopicPartition(origin.topic(), origin.partition()));
      hand = known;
    }
    return known;
  }
}
