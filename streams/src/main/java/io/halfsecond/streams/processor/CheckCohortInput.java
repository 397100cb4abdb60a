package io.halfsecond.streams.processor;

import io.halfsecond.schemas.CohortInput;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.CohortChecks;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/// Like [Check], for the topic between the two engines.
public final class CheckCohortInput
    extends ContextualFixedKeyProcessor<String, CohortInput, CohortInput> {
  private final TimeBounds bounds;
  private final InstantSource clock;
  private @Nullable InHand inHand;

  public CheckCohortInput(TimeBounds bounds, InstantSource clock) {
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, CohortInput> context) {
    super.init(context);
    DeadLetters.tellRegularly(context);
    inHand = new InHand(context);
  }

  /// @throws InsaneRecordException if the record cannot be true
  @Override
  public void process(FixedKeyRecord<String, CohortInput> record) {
    Contexts.initialised(inHand).handle(record.timestamp(), () -> check(record));
  }

  private void check(FixedKeyRecord<String, CohortInput> record) {
    CohortChecks.check(
        record.key(),
        Checks.present(record.value()),
        Instant.ofEpochMilli(record.timestamp()),
        bounds,
        clock.instant());
    context().forward(record);
  }
}
