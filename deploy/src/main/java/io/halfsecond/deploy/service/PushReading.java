package io.halfsecond.deploy.service;

import io.halfsecond.deploy.topic.OutageListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a way knows what is on the topic of alerts: while it does not, it has nothing to
/// deliver, and what has failed is not seen from its receivers. One thread reads; others may ask.
final class PushReading implements OutageListener {
  private static final Logger LOG = LoggerFactory.getLogger(PushReading.class);

  private final String kind;
  private volatile Optional<String> trouble;

  /// @param kind `alertmanager` or `webhook`
  PushReading(MeterRegistry registry, String kind) {
    this.kind = kind;
    trouble = Optional.of(kind + ": the topic of alerts is being read");
    Gauge.builder("halfsecond.push.reading", this, reading -> reading.trouble.isEmpty() ? 1 : 0)
        .tags("kind", kind)
        .description("1 while new alerts are read; 0 at the start, and while Kafka is out of reach")
        .register(registry);
  }

  /// All that was there before has been read.
  void started() {
    trouble = Optional.empty();
  }

  @Override
  public void told(boolean away, String message) {
    LOG.warn("{}: {}", kind, message);
    trouble = away ? Optional.of(kind + ": " + message) : Optional.empty();
  }

  /// Why new alerts are not read; empty while they are.
  Optional<String> trouble() {
    return trouble;
  }
}
