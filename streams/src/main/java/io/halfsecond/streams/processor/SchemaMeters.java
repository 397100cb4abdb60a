package io.halfsecond.streams.processor;

import io.halfsecond.schemas.travel.Refusal;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Wait;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// The meters of the schemas of other versions.
public final class SchemaMeters {
  private SchemaMeters() {}

  /// @param schemas must be referenced elsewhere, as meters do not keep it
  public static void register(MeterRegistry registry, TravelledSchemas schemas) {
    Gauge.builder(Meters.SCHEMAS_KNOWN, schemas, TravelledSchemas::knownCount)
        .description("Schemas of other versions that records can be read with")
        .register(registry);
    for (var refusal : Refusal.values()) {
      FunctionCounter.builder(Meters.SCHEMAS_REFUSED, schemas, known -> known.refusedCount(refusal))
          .tag("reason", refusal.label())
          .description("Schemas on the topic that are not used")
          .register(registry);
    }
    for (var wait : Wait.values()) {
      FunctionCounter.builder(Meters.SCHEMA_WAITS, schemas, known -> known.waitCount(wait))
          .tag("result", wait.label())
          .description("Records whose schema was not known when they were read")
          .register(registry);
    }
  }
}
