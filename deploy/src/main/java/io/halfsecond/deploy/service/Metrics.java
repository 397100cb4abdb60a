package io.halfsecond.deploy.service;

import io.halfsecond.schemas.Waiting;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The registry that a part's meters go to.
final class Metrics {
  private Metrics() {}

  static PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /// Adds a gauge for each reason for which a process may wait.
  ///
  /// @param waiting asked at each scrape
  /// @param reasons those that the process may have
  static void bindWaiting(
      MeterRegistry registry,
      Tags tags,
      Set<Waiting.Reason> reasons,
      Supplier<List<Waiting>> waiting) {
    for (var reason : reasons) {
      Gauge.builder(
              "halfsecond.waiting",
              waiting,
              now -> now.get().stream().anyMatch(one -> one.reason() == reason) ? 1 : 0)
          .tags(tags.and("reason", reason.label()))
          .strongReference(true)
          .description("1 while the process waits for this and does not do its work, else 0")
          .register(registry);
    }
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
