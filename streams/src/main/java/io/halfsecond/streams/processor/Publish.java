package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.store.MapStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Writes verdicts as alerts, see [OpenAlerts], and shows the open ones; after a restart too.
public final class Publish implements FixedKeyProcessor<String, Publish.Case, Alert> {
  /// What an alert may come of.
  public sealed interface Case {
    record Judged(Verdict verdict) implements Case {}

    /// The key is the host.
    record Looked(Look look) implements Case {}
  }

  /// Names of the stores that are used, each by this node alone.
  ///
  /// @param alerts of the open alerts
  /// @param histories of what has become of the hosts' sshds, where alerts are about hosts
  public record Stores(String alerts, Optional<String> histories) {
    public String[] names() {
      return Stream.concat(Stream.of(alerts), histories.stream()).toArray(String[]::new);
    }
  }

  private static final List<String> SHOWN = List.of(Meters.ALERTS_OPEN, Meters.ALERT_CONFIRMED,
    Meters.ALERT_ONSET, Meters.ALERT_RATIO, Meters.ALERT_SHIFT, Meters.ALERT_BEFORE, Meters.ALERT_AFTER);

  private final Stores stores;
  private final Board.Section board;
  private final EnumMap<AlertState, Counter> records = new EnumMap<>(AlertState.class);
  private @Nullable FixedKeyProcessorContext<String, Alert> context;
  private @Nullable OpenAlerts alerts;

  public Publish(Stores stores, Board board, MeterRegistry registry) {
    this.stores = stores;
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
    KeyValueStore<String, Alert> store = context.getStateStore(stores.alerts());
    this.alerts = new OpenAlerts(StateStores.alerts(store),
      new HostHistories(
        stores.histories().map(name -> StateStores.bytes(context, name)).orElseGet(MapStore::new)));
    try (var all = store.all()) {
      all.forEachRemaining(each -> {
        if (OpenAlerts.isOpen(each.key)) {
          show(each.value);
        }
      });
    }
  }

  @Override
  public void process(FixedKeyRecord<String, Case> record) {
    var open = Contexts.initialised(alerts);
    switch (record.value()) {
      case Case.Judged(var verdict) -> take(record, open.take(verdict));
      case Case.Looked(var look) -> open.take(record.key(), look).forEach(change -> take(record, change));
    }
  }

  private void take(FixedKeyRecord<String, Case> record, OpenAlerts.Change change) {
    change.before().ifPresent(this::hide);
    change.open().ifPresent(this::show);
    change.records().forEach(alert -> write(record, alert));
  }

  private void write(FixedKeyRecord<String, Case> record, Alert alert) {
    var counter = records.get(alert.getState());
    if (counter != null) {
      counter.increment();
    }
    Contexts.initialised(context).forward(record.withValue(alert));
  }

  /// What was dismissed is not shown: nobody wants to hear more of it.
  private void show(Alert alert) {
    if (OpenAlerts.decision(alert) == Decision.DISMISS) {
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
