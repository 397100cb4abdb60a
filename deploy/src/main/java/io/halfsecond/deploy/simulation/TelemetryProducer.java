package io.halfsecond.deploy.simulation;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.auth.AuthenticationKey;
import io.halfsecond.schemas.auth.FleetSecrets;
import io.halfsecond.schemas.auth.KeySealer;
import io.halfsecond.schemas.auth.Role;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Writes the records of many hosts to Kafka, each as the collector of its host would. Waits while
/// the brokers are slower. Not safe for use by several threads.
public final class TelemetryProducer implements Simulation.Output, AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final Optional<FleetSecrets> secrets;

  /// One is 300 bytes, and deriving it takes longer than making a code with it.
  private final Map<String, AuthenticationKey> keys = new HashMap<>();

  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private long records;

  /// @param kafka client settings beyond the bootstrap servers
  /// @param secrets of the fleet, if records have a code
  public TelemetryProducer(
      String bootstrapServers, Map<String, String> kafka, Optional<FleetSecrets> secrets) {
    this.secrets = secrets;
    var settings = new HashMap<String, Object>();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 50);
    // One request at a time: the topics may be new, see KafkaSink.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 24L << 20);
    settings.putAll(kafka);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /// @throws KafkaException if a record could not be written
  @Override
  public <T extends SpecificRecordBase> void send(
      Topic<T> topic, String host, Instant at, T record) {
    throwFailure();
    var value = topic.valueSerde().serializer().serialize(topic.name(), record);
    var message =
        new ProducerRecord<String, byte[]>(topic.name(), null, at.toEpochMilli(), host, value);
    secrets.ifPresent(
        fleet -> {
          var key = keys.computeIfAbsent(host, name -> fleet.issue(Role.HOST, name));
          message
              .headers()
              .add(Sealer.HEADER, new KeySealer(() -> key).seal(topic.name(), host, value));
        });
    var _ =
        producer.send(
            message,
            (_, failed) -> {
              if (failed != null) {
                failure.compareAndSet(null, failed);
              }
            });
    records++;
  }

  /// Waits until Kafka has everything.
  ///
  /// @throws KafkaException if a record could not be written
  public void flush() {
    producer.flush();
    throwFailure();
  }

  private void throwFailure() {
    var failed = failure.get();
    if (failed != null) {
      throw new KafkaException("Kafka did not take a record: " + failed.getMessage(), failed);
    }
  }

  /// Records so far.
  public long records() {
    return records;
  }

  @Override
  public void close() {
    producer.close();
  }
}
