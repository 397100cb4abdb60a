package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.auth.Sealer;
import io.halfsecond.streams.telemetry.Input;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes decisions to the topic that the topology reads.
public final class ControlWriter {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ControlWriter() {}

  /// Returns once Kafka has acknowledged all decisions (`acks=all`).
  ///
  /// @param kafka client settings beyond the bootstrap servers
  /// @param sealer makes the code of each
  /// @param topic must exist: a broker may create a missing one with other partitions than the
  ///   topology needs
  /// @throws KafkaException if Kafka refuses one, or does not answer within 10 s
  public static void write(
      String bootstrapServers,
      Map<String, String> kafka,
      Sealer sealer,
      Topic<AlertControl> topic,
      List<AlertControl> controls) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
    var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    try {
      var sent =
          controls.stream().map(control -> producer.send(sealed(sealer, topic, control))).toList();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      for (var each : sent) {
        each.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException(
          "no answer from Kafka for %d s; whether the decision is on %s is not known, see halfsecond alerts"
              .formatted(PATIENCE.toSeconds(), topic.name()),
          e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException refused
          ? refused
          : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  private static ProducerRecord<String, byte[]> sealed(
      Sealer sealer, Topic<AlertControl> topic, AlertControl control) {
    var record =
        new ProducerRecord<>(
            topic.name(),
            key(control),
            topic.valueSerde().serializer().serialize(topic.name(), control));
    byte[] code = sealer.seal(topic.name(), record.key(), record.value());
    if (code.length > 0) {
      record.headers().add(Sealer.HEADER, code);
    }
    return record;
  }

  static String key(AlertControl control) {
    return new Input.Control(control).key();
  }
}
