package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Writes verdicts as alerts, and keeps the newest record of every open one, so that a restart shows it again, and of the
/// one that a subject accepted last, should that be undone.
public final class Publish implements FixedKeyProcessor<String, Verdict, Alert> {
  /// What stands after the subject's text where its accepted alert is kept.
  private static final String ACCEPTED = "#accepted";

  private static final List<String> SHOWN = List.of(Meters.ALERTS_OPEN, Meters.ALERT_CONFIRMED,
    Meters.ALERT_ONSET, Meters.ALERT_RATIO, Meters.ALERT_SHIFT, Meters.ALERT_BEFORE, Meters.ALERT_AFTER);

  private final String storeName;
  private final Board.Section board;
  private final EnumMap<AlertState, Counter> records = new EnumMap<>(AlertState.class);
  private @Nullable FixedKeyProcessorContext<String, Alert> context;
  private @Nullable KeyValueStore<String, Alert> alerts;

  public Publish(String storeName, Board board, MeterRegistry registry) {
    this.storeName = storeName;
    this.board = board.section();
    for (var state : AlertState.values()) {
      if (state != AlertState.UNKNOWN) {
        records.put(state,
          Counter.builder(Meters.ALERT_RECORDS).tag("state", lower(state)).register(registry));
      }
    }
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Alert> context) {
    this.context = context;
    KeyValueStore<String, Alert> store = context.getStateStore(storeName);
    this.alerts = store;
    try (var all = store.all()) {
      all.forEachRemaining(each -> {
        if (!each.key.endsWith(ACCEPTED)) {
          show(each.value);
        }
      });
    }
  }

  @Override
  public void process(FixedKeyRecord<String, Verdict> record) {
    switch (record.value()) {
      case Verdict.Step step -> step(record, step);
      case Verdict.RolledBack rolledBack -> rollBack(record, rolledBack);
    }
  }

  private void step(FixedKeyRecord<String, Verdict> record, Verdict.Step verdict) {
    var store = Contexts.initialised(alerts);
    var key = verdict.subject().text();
    var before = Optional.ofNullable(store.get(key));
    var alert = Alerts.of(verdict, before);
    before.ifPresent(this::hide);
    if (isOver(alert)) {
      store.delete(key);
    } else {
      store.put(key, alert);
      show(alert);
    }
    if (isAccepted(alert)) {
      store.put(key + ACCEPTED, alert);
    }
    write(record, alert);
  }

  private void rollBack(FixedKeyRecord<String, Verdict> record, Verdict.RolledBack verdict) {
    var store = Contexts.initialised(alerts);
    var key = verdict.subject().text();
    var open = store.delete(key);
    if (open != null) {
      hide(open);
      write(record, Alerts.withdrawn(open, verdict));
    }
    var accepted = store.delete(key + ACCEPTED);
    if (accepted != null) {
      write(record, Alerts.rolledBack(accepted, verdict));
    }
  }

  private void write(FixedKeyRecord<String, Verdict> record, Alert alert) {
    var counter = records.get(alert.getState());
    if (counter != null) {
      counter.increment();
    }
    Contexts.initialised(context).forward(record.withValue(alert));
  }

  private static boolean isOver(Alert alert) {
    return switch (alert.getState()) {
      case RESOLVED, TRANSIENT -> true;
      case ACKNOWLEDGED -> isAccepted(alert);
      case OPENED, CONFIRMED, UPDATED, UNKNOWN -> false;
    };
  }

  private static boolean isAccepted(Alert alert) {
    return decision(alert) == Decision.ACCEPT;
  }

  private static Decision decision(Alert alert) {
    return alert.getAcknowledgement().map(Acknowledgement::getDecision).orElse(Decision.UNKNOWN);
  }

  /// What was dismissed is not shown: nobody wants to hear more of it.
  private void show(Alert alert) {
    if (decision(alert) == Decision.DISMISS) {
      return;
    }
    var tags = tags(alert);
    board.gauge(Meters.ALERTS_OPEN, Meters.NO_UNIT, tags, 1);
    board.gauge(Meters.ALERT_CONFIRMED, Meters.NO_UNIT, tags, alert.getConfirmed() ? 1 : 0);
    board.gauge(Meters.ALERT_ONSET, Meters.SECONDS, tags, alert.getOnset().toEpochMilli() / 1e3);
    double before = alert.getBefore().getP50();
    if (before > 0) {
      board.gauge(Meters.ALERT_RATIO, Meters.NO_UNIT, tags, alert.getAfter().getP50() / before);
    }
    if (alert.getUnit() == Unit.NANOSECONDS) {
      board.gauge(Meters.ALERT_SHIFT, Meters.SECONDS, tags, alert.getShift() / 1e9);
      board.gauge(Meters.ALERT_BEFORE, Meters.SECONDS, tags, before / 1e9);
      board.gauge(Meters.ALERT_AFTER, Meters.SECONDS, tags, alert.getAfter().getP50() / 1e9);
    }
  }

  private void hide(Alert alert) {
    var tags = tags(alert);
    SHOWN.forEach(meter -> board.remove(meter, tags));
  }

  private static Tags tags(Alert alert) {
    return Tags.of("host", alert.getHost(), "cohort", alert.getCohort(), "signal",
      Signals.label(alert.getSignal()), "stratum", alert.getStratum(), "phase", lower(alert.getPhase()),
      "direction", lower(alert.getDirection()), "tier", lower(alert.getTier()));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    board.close();
  }
}
