package io.halfsecond.schemas.travel;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the schemas of a process to their topic, on a thread of its own, which ends once Kafka
/// has them. It never fails or delays the process: what hinders it is logged once, and tried again.
public final class SchemaWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaWriter.class);

  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final Map<String, Object> settings;
  private final Topic<String> topic;
  private final List<Schema> schemas;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  private SchemaWriter(
      String bootstrapServers,
      Map<String, String> kafka,
      Topic<String> topic,
      List<Schema> schemas) {
    this.settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    // A repeated schema does no harm. An idempotent producer without the right to write asks for
    // its
    // id thousands of times a second.
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    settings.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1L << 20);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ATTEMPT.toMillis());
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ATTEMPT.toMillis() / 2);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) ATTEMPT.toMillis());
    this.topic = topic;
    this.schemas = schemas;
    this.thread =
        Thread.ofPlatform().name("halfsecond-schema-writer").daemon(true).unstarted(this::run);
  }

  /// @param kafka client settings beyond the bootstrap servers
  public static SchemaWriter start(
      String bootstrapServers,
      Map<String, String> kafka,
      Topic<String> topic,
      List<Schema> schemas) {
    var writer = new SchemaWriter(bootstrapServers, kafka, topic, schemas);
    writer.thread.start();
    return writer;
  }

  /// Writes schemas once, and waits until Kafka has them. Those that are there stay as they are:
  /// the topic keeps one of each.
  ///
  /// @throws KafkaException why Kafka has not taken them within ten seconds
  public static void write(
      String bootstrapServers,
      Map<String, String> kafka,
      Topic<String> topic,
      List<Schema> schemas) {
    try {
      new SchemaWriter(bootstrapServers, kafka, topic, schemas).send();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException refused
          ? refused
          : new KafkaException(e.getCause());
    }
  }

  private void run() {
    var pause = FIRST_PAUSE;
    boolean told = false;
    try {
      while (!write(told)) {
        told = true;
        if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
      if (told) {
        LOG.info("the schemas are on {} now", topic.name());
      }
    } catch (InterruptedException | InterruptException _) {
      // Closed.
    }
  }

  private boolean write(boolean told) throws InterruptedException {
    try {
      send();
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException | ExecutionException e) {
      if (!told) {
        LOG.warn(
            "the schemas of this version are not on {} yet ({}); until they are, older versions"
                + " cannot read what this one writes, if it is newer than theirs; it is tried"
                + " again",
            topic.name(),
            e instanceof ExecutionException failed
                ? String.valueOf(failed.getCause())
                : e.toString());
      }
      return false;
    }
  }

  private void send() throws InterruptedException, ExecutionException {
    var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    try {
      var sent =
          schemas.stream()
              .map(
                  schema ->
                      producer.send(
                          new ProducerRecord<>(
                              topic.name(),
                              SchemaCheck.key(SchemaNormalization.parsingFingerprint64(schema)),
                              SchemaNormalization.toParsingForm(schema))))
              .toList();
      for (var each : sent) {
        each.get();
      }
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  /// Gives up what is not written yet.
  @Override
  public void close() {
    closed.countDown();
  }
}
