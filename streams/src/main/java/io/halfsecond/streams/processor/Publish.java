package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Writes verdicts as alerts, and keeps the newest record of every open one, so that a restart shows it again.
public final class Publish implements FixedKeyProcessor<String, Verdict, Alert> {
  private final String storeName;
  private final MeterRegistry registry;
  private final Board.Section board;
  private final EnumMap<AlertState, Counter> records = new EnumMap<>(AlertState.class);
  private @Nullable FixedKeyProcessorContext<String, Alert> context;
  private @Nullable KeyValueStore<String, Alert> open;

  public Publish(String storeName, Board board, MeterRegistry registry) {
    this.storeName = storeName;
    this.registry = registry;
    this.board = board.section();
    for (var state : AlertState.values()) {
      if (state != AlertState.UNKNOWN) {
        records.put(state, counter(state));
      }
    }
  }

  private Counter counter(AlertState state) {
    return Counter.builder(Meters.ALERT_RECORDS).tag("state", lower(state)).register(registry);
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Alert> context) {
    this.context = context;
    KeyValueStore<String, Alert> store = context.getStateStore(storeName);
    this.open = store;
    try (var all = store.all()) {
      all.forEachRemaining(each -> show(each.value));
    }
  }

  @Override
  public void process(FixedKeyRecord<String, Verdict> record) {
    var store = Contexts.initialised(open);
    var alert = Alerts.of(record.value());
    var key = record.value().key().text();
    var before = store.get(key);
    if (before != null) {
      hide(before);
    }
    if (alert.getState() == AlertState.RESOLVED) {
      store.delete(key);
    } else {
      store.put(key, alert);
      show(alert);
    }
    records.computeIfAbsent(alert.getState(), this::counter).increment();
    Contexts.initialised(context).forward(record.withValue(alert));
  }

  private void show(Alert alert) {
    var tags = tags(alert);
    board.gauge(Meters.ALERTS_OPEN, Meters.NO_UNIT, tags, 1);
    board.gauge(Meters.ALERT_SHIFT, Meters.SECONDS, tags, alert.getShiftNanos() / 1e9);
    board.gauge(Meters.ALERT_BEFORE, Meters.SECONDS, tags, alert.getBefore().getP50() / 1e9);
    board.gauge(Meters.ALERT_AFTER, Meters.SECONDS, tags, alert.getAfter().getP50() / 1e9);
    board.gauge(Meters.ALERT_ONSET, Meters.SECONDS, tags, alert.getOnset().toEpochMilli() / 1e3);
  }

  private void hide(Alert alert) {
    var tags = tags(alert);
    board.remove(Meters.ALERTS_OPEN, tags);
    board.remove(Meters.ALERT_SHIFT, tags);
    board.remove(Meters.ALERT_BEFORE, tags);
    board.remove(Meters.ALERT_AFTER, tags);
    board.remove(Meters.ALERT_ONSET, tags);
  }

  private static Tags tags(Alert alert) {
    return Tags.of("host", alert.getHost(), "signal", Signals.label(alert.getSignal()), "stratum",
      alert.getStratum(), "phase", lower(alert.getPhase()), "direction", lower(alert.getDirection()));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    board.close();
  }
}
