package io.halfsecond.deploy.service;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;

/// The registry that a part's meters go to.
final class Metrics {
  private Metrics() {}

  static PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /// Adds the meters of the process itself: version, memory, threads, CPU, uptime. To be called
  /// once the parts have put their filters, which have no effect on meters that are there already.
  ///
  /// @param component for the label, `topology` or `collector`
  static void bindProcess(MeterRegistry registry, String component) {
    Gauge.builder("halfsecond.build.info", () -> 1)
        .tags(
            "component",
            component,
            "version",
            Optional.ofNullable(Metrics.class.getPackage().getImplementationVersion())
                .orElse("development"),
            "java",
            Runtime.version().toString())
        .description("1 for the version of Halfsecond and of Java that runs")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }
}
