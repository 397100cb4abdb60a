package io.halfsecond.streams.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/// What a metric is called and what it means. The help is what Prometheus and Grafana show a person
/// who looks at it.
///
/// @param name as given to Micrometer, with dots
/// @param unit base unit of a gauge; empty for none, or if the name has it
public record Metric(String name, String unit, String help) {

  /// A gauge that reads a value from an object, which the registry keeps.
  public <T> Gauge gauge(MeterRegistry registry, Tags tags, T object, ToDoubleFunction<T> value) {
    return Gauge.builder(name, object, value)
        .tags(tags)
        .description(help)
        .baseUnit(unit.isEmpty() ? null : unit)
        .strongReference(true)
        .register(registry);
  }

  /// A counter that reads its count from an object, which must be referenced elsewhere.
  public <T> FunctionCounter counter(
      MeterRegistry registry, Tags tags, T object, ToDoubleFunction<T> count) {
    return FunctionCounter.builder(name, object, count)
        .tags(tags)
        .description(help)
        .register(registry);
  }

  /// A counter that is incremented.
  public Counter counter(MeterRegistry registry, Tags tags) {
    return Counter.builder(name).tags(tags).description(help).register(registry);
  }
}
