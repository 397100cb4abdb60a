package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/// Writes alerts as the topology does.
public final class AlertWriter {
  private AlertWriter() {}

  /// One after the other; each is there when this returns.
  public static void write(String bootstrapServers, Topics topics, List<Alert> alerts) {
    var topic = topics.alerts();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            topic.keySerde().serializer(),
            topic.valueSerde().serializer())) {
      for (var alert : alerts) {
        producer.send(new ProducerRecord<>(topic.name(), alert.getAlertId(), alert)).get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
