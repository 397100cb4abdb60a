package io.halfsecond.collector;

import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.LeftOpen;
import io.halfsecond.collector.emit.Emitter;
import io.halfsecond.collector.emit.TopicMeter;
import io.halfsecond.collector.registry.RegisteredSource;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.SpoolState;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The collector's meters. Three sums hold at every moment:
///
/// - events read = assembled + dropped + in flight, per source
/// - connections opened = closed + open
/// - records emitted = acknowledged + spooled + dropped + in flight, per topic
///
/// All carry the tag `host`.
final class CollectorMetrics {
  private static final String PREFIX = "halfsecond.collector.";

  private final MeterRegistry registry;
  private final Tags host;

  CollectorMetrics(MeterRegistry registry, String host) {
    this.registry = registry;
    this.host = Tags.of("host", host);
  }

  void source(RegisteredSource source) {
    var meter = source.meter();
    var tags = host.and("source", source.name());
    FunctionCounter.builder(PREFIX + "events.read", meter, SourceMeter::readCount)
        .tags(tags)
        .description("Events read by a source: assembled, dropped or in flight")
        .register(registry);
    FunctionCounter.builder(PREFIX + "events.assembled", meter, SourceMeter::assembledCount)
        .tags(tags)
        .description("Events assembled into a connection")
        .register(registry);
    for (var reason : SourceMeter.Reason.values()) {
      FunctionCounter.builder(PREFIX + "events.dropped", meter, m -> m.droppedCount(reason))
          .tags(tags.and("reason", reason.label()))
          .description("Events read and not used")
          .register(registry);
    }
    Gauge.builder(PREFIX + "events.in.flight", meter, SourceMeter::inFlight)
        .tags(tags)
        .description("Events read whose fate is not decided yet")
        .register(registry);
    FunctionCounter.builder(PREFIX + "events.lost", meter, SourceMeter::lostCount)
        .tags(tags)
        .description("Events that were lost before the source could read them")
        .register(registry);
    condition(tags, meter);
  }

  /// Work that the collector does periodically.
  void work(String name, SourceMeter meter) {
    condition(host.and("source", name), meter);
  }

  private void condition(Tags tags, SourceMeter meter) {
    Gauge.builder(PREFIX + "source.up", meter, m -> m.up() ? 1 : 0)
        .tags(tags)
        .description("1 while the source runs")
        .register(registry);
    Gauge.builder(PREFIX + "source.degraded", meter, m -> m.degraded() ? 1 : 0)
        .tags(tags)
        .description("1 while the source runs and its evidence is missing, all or a part of it")
        .register(registry);
  }

  /// @param state read at each scrape; held strongly
  void connections(Supplier<Connections> state) {
    FunctionCounter.builder(PREFIX + "connections.opened", state, s -> s.get().opened())
        .tags(host)
        .description("Connections that have begun")
        .register(registry);
    FunctionCounter.builder(PREFIX + "connections.closed", state, s -> s.get().closed())
        .tags(host)
        .description("Connections that have ended")
        .register(registry);
    Gauge.builder(PREFIX + "connections.open", state, s -> s.get().open())
        .tags(host)
        .strongReference(true)
        .description("Connections open now")
        .register(registry);
  }

  /// What the run before had open and is gone.
  ///
  /// @param collector asked at each scrape; not held
  void leftOpen(Collector collector) {
    unfollowed("session", collector, LeftOpen::sessions);
    unfollowed("authentication", collector, LeftOpen::authentications);
  }

  private void unfollowed(String stage, Collector collector, ToLongFunction<LeftOpen> count) {
    FunctionCounter.builder(
            PREFIX + "connections.unfollowed",
            collector,
            each -> count.applyAsLong(each.leftOpen()))
        .tags(host.and("stage", stage))
        .description(
            "Connections of the run before that were not found again, and have no record of their"
                + " end")
        .register(registry);
  }

  void topics(Emitter emitter, List<Topic<?>> topics) {
    for (var topic : topics) {
      var meter = emitter.meter(topic);
      var tags = host.and("topic", topic.name());
      FunctionCounter.builder(PREFIX + "records.emitted", meter, TopicMeter::createdCount)
          .tags(tags)
          .description(
              "Records made, and those found in the spool: acknowledged, spooled, dropped or in"
                  + " flight")
          .register(registry);
      FunctionCounter.builder(PREFIX + "records.acknowledged", meter, TopicMeter::acknowledgedCount)
          .tags(tags)
          .description("Records that the sink has acknowledged")
          .register(registry);
      for (var reason : TopicMeter.DropReason.values()) {
        FunctionCounter.builder(PREFIX + "records.dropped", meter, m -> m.droppedCount(reason))
            .tags(tags.and("reason", reason.label()))
            .description("Records dropped")
            .register(registry);
      }
      Gauge.builder(PREFIX + "records.in.flight", meter, TopicMeter::inFlight)
          .tags(tags)
          .description("Records not acknowledged yet, without those that wait on disk")
          .register(registry);
      Gauge.builder(PREFIX + "records.spooled", meter, TopicMeter::spooledCount)
          .tags(tags)
          .description("Records that wait on disk")
          .register(registry);
    }
  }

  void acknowledged(Emitter emitter) {
    Gauge.builder(
            PREFIX + "last.acknowledged.seconds",
            emitter,
            e -> e.sinceAcknowledged().toMillis() / 1e3)
        .tags(host)
        .description("Seconds since a record was acknowledged, or since the start")
        .register(registry);
  }

  /// @param state read at each scrape; empty if there is no spool
  void spool(Supplier<Optional<SpoolStatus>> state, InstantSource wall) {
    spoolGauge("writing", state, s -> s.getState() == SpoolState.WRITING ? 1 : 0)
        .description("1 while records are written to the spool")
        .register(registry);
    spoolGauge("bytes", state, SpoolStatus::getBytes)
        .description("Size of the spool's files")
        .register(registry);
    spoolGauge(
            "oldest.seconds",
            state,
            s ->
                s.getOldestAt()
                    .map(at -> Math.max(0, Duration.between(at, wall.instant()).toSeconds()))
                    .orElse(0L))
        .description("Age of the oldest record that waits in the spool")
        .register(registry);
  }

  private Gauge.Builder<Supplier<Optional<SpoolStatus>>> spoolGauge(
      String name, Supplier<Optional<SpoolStatus>> state, ToDoubleFunction<SpoolStatus> value) {
    return Gauge.builder(
            PREFIX + "spool." + name,
            state,
            s -> s.get().map(value::applyAsDouble).orElse(Double.NaN))
        .tags(host)
        .strongReference(true);
  }

  /// Counts probe rounds by outcome. All outcomes are registered from the start, so that the first
  /// round of each shows as an increase.
  Consumer<ProbeOutcome> probes() {
    var counters = new EnumMap<ProbeOutcome, Counter>(ProbeOutcome.class);
    for (var outcome : ProbeOutcome.values()) {
      if (outcome != ProbeOutcome.UNKNOWN) {
        counters.put(
            outcome,
            Counter.builder(PREFIX + "probes")
                .tags(
                    host.and("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .description("Rounds of the active probe")
                .register(registry));
      }
    }
    return outcome -> Optional.ofNullable(counters.get(outcome)).ifPresent(Counter::increment);
  }
}
