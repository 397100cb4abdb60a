package io.halfsecond.collector.sink;

import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Sends records to Kafka with an idempotent producer.
public final class KafkaSink implements Sink {
  private final Producer<String, byte[]> producer;

  public KafkaSink(Producer<String, byte[]> producer) {
    this.producer = producer;
  }

  static Producer<String, byte[]> producer(String clientId, KafkaSettings settings) {
    var properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
    // A broker restarts within minutes; a record that is older than this no longer helps an alert.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "600000");
    // How long one send may block. A record that is not taken is sent again, so this bounds only
    // the thread's wait.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
    // 2 MiB hold about 10,000 records of 200 bytes; the rest waits in the emitter's queue.
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "2097152");
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
    properties.putAll(settings.client());
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  /// The producer reports a full buffer or missing metadata on the calling thread, before its send
  /// returns: that record can be sent again. What it reports later, on its own thread, is final.
  @Override
  public void send(EncodedRecord message, Receipt receipt) throws InterruptedException {
    var caller = Thread.currentThread();
    var sent =
        new ProducerRecord<>(
            message.topic(), null, message.at().toEpochMilli(), message.key(), message.value());
    if (message.mac().length > 0) {
      sent.headers().add(Sealer.HEADER, message.mac());
    }
    try {
      var _ =
          producer.send(
              sent,
              (_, failure) -> {
                if (failure == null) {
                  receipt.acknowledged();
                } else if (!(failure instanceof TimeoutException)) {
                  receipt.failed(Failure.REJECTED, failure);
                } else if (Thread.currentThread().equals(caller)) {
                  receipt.failed(Failure.BUSY, failure);
                } else {
                  receipt.failed(Failure.TIMEOUT, failure);
                }
              });
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    } catch (KafkaException | IllegalStateException e) {
      receipt.failed(e instanceof TimeoutException ? Failure.TIMEOUT : Failure.REJECTED, e);
    }
  }

  @Override
  public void flush() throws InterruptedException {
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    }
  }

  @Override
  public void close(Duration timeout) {
    producer.close(timeout);
  }
}
