package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.CohortNews;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.incident.Incidents;
import io.halfsecond.streams.metric.Board;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Shows all that is new of a cohort to [Incidents]; passes the records of incidents on, and shows
/// the open ones; after a restart too. The key is the cohort.
public final class Gather implements FixedKeyProcessor<String, CohortNews, Alert> {

  /// Names of the stores that are used, each by this node alone.
  ///
  /// @param incidents of what is open
  /// @param hosts of what hosts are made of
  /// @param recents of their last measurements
  public record Stores(String incidents, String hosts, String recents) {
    public String[] names() {
      return new String[] {incidents, hosts, recents};
    }
  }

  private final Stores stores;
  private final Budget budget;
  private final Decisions decisions;
  private final AlertBoard board;
  private final AlertCounter counter;
  private @Nullable FixedKeyProcessorContext<String, Alert> context;
  private @Nullable Incidents incidents;
  private @Nullable FixedKeyRecord<String, CohortNews> current;

  public Gather(
      Stores stores, Budget budget, Decisions decisions, Board board, MeterRegistry registry) {
    this.stores = stores;
    this.budget = budget;
    this.decisions = decisions;
    this.board = new AlertBoard(board.section());
    this.counter = new AlertCounter(registry);
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Alert> context) {
    this.context = context;
    KeyValueStore<String, byte[]> open = context.getStateStore(stores.incidents());
    try (var all = open.all()) {
      all.forEachRemaining(
          entry -> Incidents.incident(entry.key, entry.value).ifPresent(board::show));
    }
    this.incidents =
        new Incidents(
            new Incidents.Stores(
                StateStores.bytes(context, stores.incidents()),
                StateStores.bytes(context, stores.hosts()),
                StateStores.bytes(context, stores.recents())),
            budget,
            this::write);
  }

  @Override
  public void process(FixedKeyRecord<String, CohortNews> record) {
    current = record;
    var made = Contexts.initialised(incidents);
    switch (record.value().getNews()) {
      case Deviation deviation -> made.take(deviation);
      case HostFingerprint fingerprint -> made.take(fingerprint);
      case Alert alert -> made.take(alert);
      case AlertControl control when control.getScope() == AlertScope.INCIDENT ->
          decisions.count(control, made.decide(control));
      // About an alert of the cohort.
      default -> {}
    }
  }

  private void write(Optional<Alert> before, Alert now) {
    before.ifPresent(board::hide);
    if (!OpenAlerts.isOver(now)) {
      board.show(now);
    }
    counter.count(now);
    Contexts.initialised(context).forward(Contexts.initialised(current).withValue(now));
  }

  @Override
  public void close() {
    board.close();
  }
}
