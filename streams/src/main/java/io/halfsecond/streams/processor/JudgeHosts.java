package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.SelfTestHistory;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.engine.HostEngine;
import io.halfsecond.streams.engine.HostStates;
import io.halfsecond.streams.engine.KeyStates;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.engine.SeenIds;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.telemetry.HostLimit;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.UnbrokenReading;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Drives a [HostEngine] with the telemetry of hosts and the decisions about their alerts. The key
/// is the host.
///
/// It is not a fixed-key processor, because those cannot forward from a punctuator.
public final class JudgeHosts extends ContextualProcessor<String, Input, String, Output.Published> {
  private static final Duration TICK = Duration.ofSeconds(15);

  /// Names of the stores. All but the profiles are used by this node alone.
  public record HostStoreNames(
      String hosts,
      String keyStates,
      String trials,
      String selfTests,
      String forgeries,
      String openAlerts,
      String histories,
      String beforeCommit,
      String profiles) {
    /// The stores of this node alone.
    public String[] own() {
      return new String[] {
        hosts, keyStates, trials, selfTests, forgeries, openAlerts, histories, beforeCommit
      };
    }
  }

  /// Names of the nodes behind this one, by what they take. Each output goes to those alone that
  /// take it.
  ///
  /// @param windows take measured records
  public record Children(String alerts, String cohortInputs, List<String> windows) {
    private List<String> of(Output.Published output) {
      return switch (output) {
        case Output.Alerted _ -> List.of(alerts);
        case Output.ToCohort _ -> List.of(cohortInputs);
        case Output.Measured _ -> windows;
        case Output.Profiled _ ->
            throw new IllegalStateException("a profile of a cohort comes from its own engine");
      };
    }
  }

  private final HostStoreNames stores;
  private final Children children;
  private final DetectorSettings settings;
  private final int partitions;
  private final InstantSource clock;
  private final OutputMeters meters;
  private final WriterSchemas schemas;
  private final HostLimit limit;
  private final Supplier<Optional<UnbrokenReading.Progress>> progress;
  private final UnbrokenReading reading = new UnbrokenReading();
  private @Nullable HostEngine engine;
  private int kept;

  /// @param partitions of the telemetry topics
  /// @param schemas of other versions, which may have written to the stores
  /// @param limit of the hosts of this instance
  /// @param progress of the consumer of the thread that asks; empty if it is not known, and nobody
  ///   is judged to be silent then
  public JudgeHosts(
      HostStoreNames stores,
      Children children,
      DetectorSettings settings,
      int partitions,
      InstantSource clock,
      OutputMeters meters,
      WriterSchemas schemas,
      HostLimit limit,
      Supplier<Optional<UnbrokenReading.Progress>> progress) {
    this.stores = stores;
    this.children = children;
    this.settings = settings;
    this.partitions = partitions;
    this.clock = clock;
    this.meters = meters;
    this.schemas = schemas;
    this.limit = limit;
    this.progress = progress;
  }

  @Override
  public void init(ProcessorContext<String, Output.Published> context) {
    super.init(context);
    var hosts = StateStores.bytes(context, stores.hosts());
    var alerts =
        new OpenAlerts(
            StateStores.alerts(
                context, stores.openAlerts(), AvroSerde.of(Alert.class).reading(schemas)),
            new HostHistories(
                StateStores.records(
                    context,
                    stores.histories(),
                    AvroSerde.of(HostHistory.class).reading(schemas))));
    var made =
        new HostEngine(
            settings,
            new HostEngine.HostStores(
                new HostStates(hosts, partitions),
                SeenIds::inState,
                new KeyStates(StateStores.bytes(context, stores.keyStates()), partitions),
                new Trials(StateStores.bytes(context, stores.trials()), partitions),
                StateStores.records(
                    context,
                    stores.selfTests(),
                    AvroSerde.of(SelfTestHistory.class).reading(schemas)),
                StateStores.bytes(context, stores.forgeries()),
                alerts),
            ProfileStore.in(context, stores.profiles(), schemas),
            partitions);
    alerts.open().forEach(meters::open);
    hosts.scan(
        "",
        (host, _) -> {
          // Unless its state could not be read.
          if (made.knows(host)) {
            made.resume(host, clock.millis()).forEach(meters::show);
            kept++;
          }
        });
    limit.take(kept);
    context.schedule(
        TICK,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          long now = clock.millis();
          pass(made.tick(now), "");
          reading.look(now, progress.get()).ifPresent(since -> pass(made.silence(now, since), ""));
          meters.refreshAlerts();
          meters.refreshHosts(now, made::background);
        });
    BeforeCommit.call(context, stores.beforeCommit(), made::write);
    engine = made;
  }

  /// @throws InsaneRecordException if the record is of one host too many
  @Override
  public void process(Record<String, Input> record) {
    FailedRecordException.handle(() -> judge(record));
  }

  private void judge(Record<String, Input> record) {
    var judge = Contexts.initialised(engine);
    long now = clock.millis();
    if (record.value() instanceof Telemetry telemetry && !judge.knows(telemetry.host())) {
      pass(judge.passTo(telemetry.at(), now), record.key());
      limit.admit();
      kept++;
    }
    pass(judge.take(record.value(), now), record.key());
  }

  /// @param key the host; empty for outputs of a tick, which get another key downstream
  private void pass(List<Output> outputs, String key) {
    for (var output : outputs) {
      meters.show(output);
      // One that has returned is kept, and was before.
      if (output instanceof Output.Retired(var host) && !Contexts.initialised(engine).knows(host)) {
        limit.release(1);
        kept--;
      }
      if (output instanceof Output.Published published) {
        var record = new Record<>(key, published, Math.max(0, published.at().toEpochMilli()));
        children.of(published).forEach(child -> context().forward(record, child));
      }
    }
  }

  @Override
  public void close() {
    limit.release(kept);
    kept = 0;
    meters.close();
  }
}
