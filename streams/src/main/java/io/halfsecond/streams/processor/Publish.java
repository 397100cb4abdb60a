package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.store.MapStore;
import io.micrometer.core.instrument.MeterRegistry;
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

  private final Stores stores;
  private final AlertBoard board;
  private final AlertCounter counter;
  private @Nullable FixedKeyProcessorContext<String, Alert> context;
  private @Nullable OpenAlerts alerts;

  public Publish(Stores stores, Board board, MeterRegistry registry) {
    this.stores = stores;
    this.board = new AlertBoard(board.section());
    this.counter = new AlertCounter(registry);
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Alert> context) {
    this.context = context;
    KeyValueStore<String, Alert> store = context.getStateStore(stores.alerts());
    this.alerts =
        new OpenAlerts(
            StateStores.alerts(store),
            new HostHistories(
                stores
                    .histories()
                    .map(name -> StateStores.bytes(context, name))
                    .orElseGet(MapStore::new)));
    try (var all = store.all()) {
      all.forEachRemaining(
          each -> {
            if (OpenAlerts.isOpen(each.key)) {
              board.show(each.value);
            }
          });
    }
  }

  @Override
  public void process(FixedKeyRecord<String, Case> record) {
    var open = Contexts.initialised(alerts);
    switch (record.value()) {
      case Case.Judged(var verdict) -> take(record, open.take(verdict));
      case Case.Looked(var look) ->
          open.take(record.key(), look).forEach(change -> take(record, change));
    }
  }

  private void take(FixedKeyRecord<String, Case> record, OpenAlerts.Change change) {
    change.before().ifPresent(board::hide);
    change.open().ifPresent(board::show);
    change.records().forEach(alert -> write(record, alert));
  }

  private void write(FixedKeyRecord<String, Case> record, Alert alert) {
    counter.count(alert);
    Contexts.initialised(context).forward(record.withValue(alert));
  }

  @Override
  public void close() {
    board.close();
  }
}
