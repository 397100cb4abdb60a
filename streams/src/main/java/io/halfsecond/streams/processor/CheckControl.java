package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.streams.telemetry.Checks;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/// Lets through decisions that are in order. Throws on the rest, which sends it to the dead
/// letters.
public final class CheckControl
    extends ContextualFixedKeyProcessor<String, AlertControl, AlertControl> {
  @Override
  public void process(FixedKeyRecord<String, AlertControl> record) {
    Checks.check(record.key(), Checks.present(record.value()));
    context().forward(record);
  }
}
