package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Sha256;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// An honest host each of whose records is an alert at once. So the time from a record's arrival in
/// Kafka to its alert is known as long as it writes.
final class Canary implements AutoCloseable {
  static final String HOST = "canary";

  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final TelemetrySender sender;
  private final KafkaConsumer<byte[], byte[]> alerts;
  private final Topic<Alert> topic;
  private final String run = "run-" + System.nanoTime();
  private final Map<Instant, Instant> arrived = new ConcurrentHashMap<>();
  private final List<Duration> delays = new ArrayList<>();
  private final Thread writer = Thread.ofPlatform().name("canary-writer").unstarted(this::write);
  private final Thread reader = Thread.ofPlatform().name("canary-reader").unstarted(this::read);
  private volatile boolean writing = true;
  private volatile boolean reading = true;

  private Canary(TelemetrySender sender, Map<String, Object> client, Topic<Alert> topic) {
    this.sender = sender;
    this.topic = topic;
    var settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.alerts =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var partitions =
        alerts.partitionsFor(topic.name()).stream()
            .map(info -> new TopicPartition(topic.name(), info.partition()))
            .toList();
    alerts.assign(partitions);
    alerts.seekToEnd(partitions);
    partitions.forEach(alerts::position);
  }

  /// @param sender of its records, which it closes
  /// @param client settings of a client of Kafka who may read alerts
  static Canary start(TelemetrySender sender, Map<String, Object> client, Topic<Alert> topic) {
    var canary = new Canary(sender, client, topic);
    canary.reader.start();
    canary.writer.start();
    return canary;
  }

  private void write() {
    try (sender) {
      int number = 0;
      do {
        var evidence = evidence(run, number++);
        arrived.put(evidence.getAt(), evidence.getAt());
        sender.send(evidence);
        sender.flush();
        arrived.replace(evidence.getAt(), Instant.now());
        Thread.sleep(BETWEEN);
      } while (writing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// An object that was not told before. Those before it are over.
  static TamperEvidence evidence(String run, int number) {
    var at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return TamperEvidence.newBuilder()
        .setId(Sha256.hex(run + number).substring(0, 32))
        .setHost(HOST)
        .setCollector(run)
        .setSequence(number)
        .setAt(at)
        .setRule("canary")
        .setAbout("a test")
        .setTier(Tier.CREEP)
        .setComplete(true)
        .setFacts(
            List.of(
                TamperFact.newBuilder()
                    .setObject("/%s-%d".formatted(run, number))
                    .setStatements(List.of(new Statement("test", "seen")))
                    .build()))
        .build();
  }

  private void read() {
    var values = topic.valueSerde().deserializer();
    while (reading) {
      for (var record : alerts.poll(Duration.ofMillis(20))) {
        try {
          var alert = values.deserialize(topic.name(), record.value());
          if (alert != null && alert.getHost().equals(HOST)) {
            seen(alert);
          }
        } catch (SerializationException _) {
          // Not of the topology.
        }
      }
    }
    alerts.close();
  }

  private void seen(Alert alert) {
    var since = alert.getState() == AlertState.OPENED ? arrived.remove(alert.getAt()) : null;
    if (since != null) {
      delays.add(Duration.between(since, Instant.now()));
    }
  }

  /// Stops writing, and waits until every record has its alert.
  ///
  /// @return the times that it took, the shortest first
  List<Duration> delays(Duration patience) throws InterruptedException {
    writing = false;
    Threads.join(writer);
    var until = Instant.now().plus(patience);
    while (!arrived.isEmpty() && Instant.now().isBefore(until)) {
      Thread.sleep(100);
    }
    close();
    if (!arrived.isEmpty()) {
      throw new AssertionError(arrived.size() + " records have no alert");
    }
    return delays.stream().sorted().toList();
  }

  @Override
  public void close() {
    writing = false;
    Threads.join(writer);
    reading = false;
    Threads.join(reader);
  }
}
