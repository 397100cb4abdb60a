package io.halfsecond.collector.spool;

import io.halfsecond.collector.sink.Sink.EncodedRecord;
import java.time.Instant;

/// A record and its place among the records of a collector.
///
/// @param run of the collector that made it
/// @param sequence its number in that run
/// @param madeAt by the wall clock
public record SpooledRecord(String run, long sequence, Instant madeAt, EncodedRecord record) {
  public String topic() {
    return record.topic();
  }

  /// About its size in memory and on disk.
  public int bytes() {
    return record.value().length + 100;
  }
}
