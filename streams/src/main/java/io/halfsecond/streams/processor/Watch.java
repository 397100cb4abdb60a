package io.halfsecond.streams.processor;

import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Keeps every host's [HostState], shows its heartbeat and its gaps, and passes all records on.
public final class Watch implements FixedKeyProcessor<String, Telemetry, Telemetry> {
  private final String storeName;
  private final Board.Section board;
  private @Nullable FixedKeyProcessorContext<String, Telemetry> context;
  private @Nullable KeyValueStore<String, HostState> hosts;

  public Watch(String storeName, Board board) {
    this.storeName = storeName;
    this.board = board.section();
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Telemetry> context) {
    this.context = context;
    KeyValueStore<String, HostState> store = context.getStateStore(storeName);
    this.hosts = store;
    try (var all = store.all()) {
      all.forEachRemaining(host -> show(host.key, host.value));
    }
  }

  @Override
  public void process(FixedKeyRecord<String, Telemetry> record) {
    var store = Contexts.initialised(hosts);
    var known = store.get(record.key());
    var state = known == null ? HostState.fresh() : known;
    state.accept(record.value());
    store.put(record.key(), state);
    if (record.value() instanceof Telemetry.Heartbeat) {
      show(record.key(), state);
    }
    Contexts.initialised(context).forward(record);
  }

  private void show(String host, HostState state) {
    var tags = Tags.of("host", host);
    if (state.heartbeat().isAfter(Instant.MIN)) {
      board.gauge(Meters.HEARTBEAT, Meters.SECONDS, tags, state.heartbeat().toEpochMilli() / 1e3);
    }
    board.counter(Meters.SEQUENCE_GAPS, tags, (double) state.missingRecords());
  }

  @Override
  public void close() {
    board.close();
  }
}
