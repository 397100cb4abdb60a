package io.halfsecond.streams.processor;

import io.halfsecond.schemas.travel.Refusal;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Wait;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/// The meters of the schemas of other versions.
public final class SchemaMeters {
  private SchemaMeters() {}

  /// @param schemas must be referenced elsewhere, as meters do not keep it
  public static void register(MeterRegistry registry, TravelledSchemas schemas) {
    Meters.SCHEMAS_KNOWN.gauge(registry, Tags.empty(), schemas, TravelledSchemas::knownCount);
    for (var refusal : Refusal.values()) {
      Meters.SCHEMAS_REFUSED.counter(
          registry,
          Tags.of("reason", refusal.label()),
          schemas,
          known -> known.refusedCount(refusal));
    }
    for (var wait : Wait.values()) {
      Meters.SCHEMA_WAITS.counter(
          registry, Tags.of("result", wait.label()), schemas, known -> known.waitCount(wait));
    }
  }
}
