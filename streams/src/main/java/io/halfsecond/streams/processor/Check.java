package io.halfsecond.streams.processor;

import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.InstantSource;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/// Lets through what can be true. Throws on the rest, which sends it to the dead letters.
public final class Check<V> implements FixedKeyProcessor<String, V, Telemetry> {
  private final Function<V, Telemetry> asTelemetry;
  private final TimeBounds bounds;
  private final InstantSource clock;
  private @Nullable FixedKeyProcessorContext<String, Telemetry> context;

  public Check(Function<V, Telemetry> asTelemetry, TimeBounds bounds, InstantSource clock) {
    this.asTelemetry = asTelemetry;
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Telemetry> context) {
    this.context = context;
  }

  /// @throws InsaneRecordException if the record can't be true
  @Override
  public void process(FixedKeyRecord<String, V> record) {
    var telemetry = asTelemetry.apply(Checks.present(record.value()));
    Checks.check(record.key(), telemetry, bounds, clock.instant());
    Contexts.initialised(context).forward(record.withValue(telemetry));
  }
}
