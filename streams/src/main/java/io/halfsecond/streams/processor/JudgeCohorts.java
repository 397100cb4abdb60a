package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.engine.CohortEngine;
import io.halfsecond.streams.engine.KeyStates;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.incident.Incidents;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Drives a [CohortEngine] with the inputs of cohorts. The key is the cohort.
public final class JudgeCohorts
    extends ContextualProcessor<String, CohortInput, String, Output.Published> {
  private static final Duration TICK = Duration.ofSeconds(15);

  /// Names of the stores, each used by this node alone except for the profiles.
  public record CohortStoreNames(
      String keyStates,
      String knowledge,
      String openAlerts,
      String incidents,
      String hosts,
      String recentDeviations,
      String beforeCommit,
      String profiles) {
    /// Those of this node alone.
    public String[] own() {
      return new String[] {
        keyStates, knowledge, openAlerts, incidents, hosts, recentDeviations, beforeCommit
      };
    }
  }

  private final CohortStoreNames stores;
  private final DetectorSettings settings;
  private final int partitions;
  private final InstantSource clock;
  private final OutputMeters meters;
  private final WriterSchemas schemas;
  private @Nullable CohortEngine engine;

  /// @param partitions of the inputs of cohorts
  /// @param schemas of other versions, which may have written to the stores
  public JudgeCohorts(
      CohortStoreNames stores,
      DetectorSettings settings,
      int partitions,
      InstantSource clock,
      OutputMeters meters,
      WriterSchemas schemas) {
    this.stores = stores;
    this.settings = settings;
    this.partitions = partitions;
    this.clock = clock;
    this.meters = meters;
    this.schemas = schemas;
  }

  @Override
  public void init(ProcessorContext<String, Output.Published> context) {
    super.init(context);
    // The changes of a cohort are not known.
    var alerts =
        new OpenAlerts(
            StateStores.alerts(
                context, stores.openAlerts(), AvroSerde.of(Alert.class).reading(schemas)),
            new HostHistories(new MapStore()));
    var made =
        new CohortEngine(
            settings,
            new CohortEngine.CohortStores(
                new KeyStates(StateStores.bytes(context, stores.keyStates()), partitions),
                StateStores.bytes(context, stores.knowledge()),
                alerts,
                new Incidents.IncidentStores(
                    StateStores.records(
                        context, stores.incidents(), AvroSerde.of(Alert.class).reading(schemas)),
                    StateStores.records(
                        context, stores.hosts(), AvroSerde.of(HostHistory.class).reading(schemas)),
                    StateStores.bytes(context, stores.recentDeviations()))),
            ProfileStore.in(context, stores.profiles(), schemas));
    alerts.open().forEach(meters::open);
    made.openIncidents().forEach(meters::open);
    context.schedule(
        TICK,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          pass(made.tick(clock.millis()));
          meters.refreshAlerts();
        });
    BeforeCommit.call(context, stores.beforeCommit(), made::write);
    engine = made;
  }

  @Override
  public void process(Record<String, CohortInput> record) {
    FailedRecordException.handle(
        () ->
            pass(
                Contexts.initialised(engine)
                    .take(
                        record.value(), Instant.ofEpochMilli(record.timestamp()), clock.millis())));
  }

  /// Every output gets a key of its own downstream.
  private void pass(List<Output> outputs) {
    for (var output : outputs) {
      meters.show(output);
      if (output instanceof Output.Published published) {
        context().forward(new Record<>("", published, Math.max(0, published.at().toEpochMilli())));
      }
    }
  }

  @Override
  public void close() {
    meters.close();
  }
}
