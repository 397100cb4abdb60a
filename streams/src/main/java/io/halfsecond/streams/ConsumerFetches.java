package io.halfsecond.streams;

import io.halfsecond.streams.telemetry.UnbrokenReading.Progress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/// How far the consumer of a stream thread has come, by its own metrics. Safe for use by several
/// threads.
///
/// A broker that does not answer does not show in a consumer's calls, which return empty then, as
/// they do when nothing was written.
final class ConsumerFetches implements Supplier<Optional<Progress>> {
  private static final String GROUP = "consumer-fetch-manager-metrics";

  /// The client id of a thread's main consumer ends so.
  private static final String CONSUMER = "-consumer";

  /// @param answered fetches
  /// @param behind the most records of any partition in the last half minute
  private record Metrics(Metric answered, Metric behind) {}

  private final Map<String, Metrics> byThread = new ConcurrentHashMap<>();
  private volatile Supplier<Map<MetricName, ? extends Metric>> all = Map::of;

  /// @param metrics of the topology with its clients; looking for some of them takes a moment
  void watch(Supplier<Map<MetricName, ? extends Metric>> metrics) {
    all = metrics;
  }

  /// Of the thread that calls. Empty if it is no stream thread, or its consumer is not there yet.
  @Override
  public Optional<Progress> get() {
    var thread = Thread.currentThread().getName();
    var known = Optional.ofNullable(byThread.get(thread)).or(() -> find(thread));
    known.ifPresent(metrics -> byThread.put(thread, metrics));
    return known.map(metrics -> new Progress(value(metrics.answered()), value(metrics.behind())));
  }

  private Optional<Metrics> find(String thread) {
    var metrics = all.get();
    return find(metrics, thread, "fetch-total")
        .flatMap(
            answered ->
                find(metrics, thread, "records-lag-max")
                    .map(behind -> new Metrics(answered, behind)));
  }

  private static Optional<Metric> find(
      Map<MetricName, ? extends Metric> metrics, String thread, String name) {
    return metrics.entrySet().stream()
        .filter(
            metric ->
                metric.getKey().name().equals(name)
                    && metric.getKey().group().equals(GROUP)
                    && metric.getKey().tags().equals(Map.of("client-id", thread + CONSUMER)))
        .<Metric>map(Map.Entry::getValue)
        .findFirst();
  }

  private static double value(Metric metric) {
    return metric.metricValue() instanceof Double value ? value : Double.NaN;
  }
}
