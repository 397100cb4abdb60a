package io.halfsecond.streams.processor;

import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.InstantSource;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/// Passes records that can be true. Throws on others, which makes them dead letters.
public final class Check<V> extends ContextualFixedKeyProcessor<String, V, Input> {
  private final Function<V, Input> asInput;
  private final TimeBounds bounds;
  private final InstantSource clock;

  public Check(Function<V, Input> asInput, TimeBounds bounds, InstantSource clock) {
    this.asInput = asInput;
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, Input> context) {
    super.init(context);
    DeadLetters.tellRegularly(context);
  }

  /// @throws InsaneRecordException if the record cannot be true
  @Override
  public void process(FixedKeyRecord<String, V> record) {
    var input = asInput.apply(Checks.present(record.value()));
    Checks.check(record.key(), input, bounds, clock.instant());
    context().forward(record.withValue(input));
  }
}
