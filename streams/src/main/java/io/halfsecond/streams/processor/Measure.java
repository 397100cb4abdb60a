package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Measurements;
import io.halfsecond.streams.measurement.Measurements.Unusable;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/// Turns records into numbers. A record that is incomplete, or of a probe's connection, is counted
/// and gives none: it only moves its host's clock.
public final class Measure implements FixedKeyProcessor<String, Telemetry, Reading> {
  private final MeterRegistry registry;
  private final EnumMap<Unusable, Counter> unusable = new EnumMap<>(Unusable.class);
  private final EnumMap<Signal, Counter> measurements = new EnumMap<>(Signal.class);
  private @Nullable FixedKeyProcessorContext<String, Reading> context;

  public Measure(MeterRegistry registry) {
    this.registry = registry;
    for (var reason : Unusable.values()) {
      unusable.put(reason, skipped(reason));
    }
    for (var signal : Signals.judged()) {
      measurements.put(signal, counter(signal));
    }
  }

  private Counter skipped(Unusable reason) {
    return Deduplicate.skipped(
        registry,
        switch (reason) {
          case INCOMPLETE -> "incomplete";
          case PROBE -> "probe";
        });
  }

  private Counter counter(Signal signal) {
    return Counter.builder(Meters.MEASUREMENTS)
        .tag("signal", Signals.label(signal))
        .register(registry);
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Reading> context) {
    this.context = context;
  }

  @Override
  public void process(FixedKeyRecord<String, Telemetry> record) {
    Contexts.initialised(context).forward(record.withValue(read(record.value())));
  }

  private Reading read(Telemetry telemetry) {
    var reason = Measurements.unusable(telemetry);
    if (reason.isPresent()) {
      unusable.computeIfAbsent(reason.get(), this::skipped).increment();
      return new Reading(telemetry.at(), List.of());
    }
    var reading = Measurements.of(telemetry);
    for (Measurement measurement : reading.measurements()) {
      count(measurement.signal(), 1);
    }
    reading.selfTest().ifPresent(report -> count(Signal.SELFTEST, report.getComparisons().size()));
    return reading;
  }

  private void count(Signal signal, int numbers) {
    measurements.computeIfAbsent(signal, this::counter).increment(numbers);
  }
}
