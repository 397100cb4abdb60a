package io.halfsecond.streams.processor;

import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/// Lets every record of a connection, probe or self-test through once, for collectors deliver at
/// least once.
///
/// **Guarantees** within [#MEMORY] of its partition's time no record passes twice. A record older
/// than that can't be told from a repeated one and is left out as late, not judged twice.
/// Heartbeats have no id and always pass: reading one twice changes nothing.
public final class Deduplicate implements FixedKeyProcessor<String, Telemetry, Telemetry> {
  /// At one connection a minute on 500 hosts, a day is 1.4 million ids of about 100 bytes: 140 MB
  /// over all partitions.
  public static final Duration MEMORY = Telemetry.Id.REMEMBERED;

  private static final byte[] SEEN = {};

  private final String storeName;
  private final Counter duplicates;
  private final Counter late;
  private @Nullable FixedKeyProcessorContext<String, Telemetry> context;
  private @Nullable WindowStore<String, byte[]> seen;

  public Deduplicate(String storeName, MeterRegistry registry) {
    this.storeName = storeName;
    this.duplicates = skipped(registry, "duplicate");
    this.late = skipped(registry, "late");
  }

  static Counter skipped(MeterRegistry registry, String reason) {
    return Counter.builder(Meters.RECORDS_SKIPPED).tag("reason", reason).register(registry);
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Telemetry> context) {
    this.context = context;
    this.seen = context.getStateStore(storeName);
  }

  @Override
  public void process(FixedKeyRecord<String, Telemetry> record) {
    var id = record.value().id();
    if (id.isEmpty()
        || isFirst(record.value().host() + "/" + id.get().text(), record.timestamp())) {
      Contexts.initialised(context).forward(record);
    }
  }

  private boolean isFirst(String id, long at) {
    var store = Contexts.initialised(seen);
    long memory = MEMORY.toMillis();
    if (at < Contexts.initialised(context).currentStreamTimeMs() - memory) {
      late.increment();
      return false;
    }
    // Read again from the logs, a connection may come with another time than from the kernel.
    try (var found = store.fetch(id, at - memory, at + memory)) {
      if (found.hasNext()) {
        duplicates.increment();
        return false;
      }
    }
    store.put(id, SEEN, at);
    return true;
  }
}
