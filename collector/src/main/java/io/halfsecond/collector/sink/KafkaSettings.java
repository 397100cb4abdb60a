package io.halfsecond.collector.sink;

import java.util.Map;

/// The Kafka cluster that records are sent to.
///
/// @param bootstrapServers `host:port`, several separated by commas
/// @param client Kafka's own producer settings, for example TLS and SASL; they take precedence over
///   the collector's
public record KafkaSettings(String bootstrapServers, Map<String, String> client)
    implements SinkSettings {
  public KafkaSettings {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("kafka.bootstrap.servers is empty");
    }
    client = Map.copyOf(client);
  }

  @Override
  public Sink open(String name) {
    return new KafkaSink("Kafka (" + bootstrapServers + ")", () -> KafkaSink.producer(name, this));
  }
}
