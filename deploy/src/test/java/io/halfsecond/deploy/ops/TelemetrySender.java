package io.halfsecond.deploy.ops;

import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Puts telemetry on its topics, encoded by the catalogue's own serdes.
public final class TelemetrySender implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final Topics topics;
  private final Sealer sealer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  public TelemetrySender(String bootstrapServers, Topics topics) {
    this(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers), topics, Sealer.NONE);
  }

  /// @param client settings that reach Kafka
  /// @param sealer makes the code of a record by its key, the host
  public TelemetrySender(Map<String, Object> client, Topics topics, Sealer sealer) {
    var settings = new HashMap<>(client);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    // The topics are new, see KafkaSink.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 65_536);
    this.producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    this.topics = topics;
    this.sealer = sealer;
  }

  /// A connection every 15 seconds and a heartbeat every minute, from one time to before another.
  ///
  /// @return how many connections
  public int history(SyntheticHost host, Instant from, Instant to, Duration startup) {
    int connections = 0;
    for (Instant at = from; at.isBefore(to); at = at.plusSeconds(15)) {
      send(host.connection(at, startup));
      connections++;
      if (at.getEpochSecond() % 60 < 15) {
        send(host.probe(at));
        send(host.heartbeat(at));
      }
    }
    flush();
    return connections;
  }

  public void send(SyntheticHost.Connection connection) {
    put(topics.authTiming(), connection.timing().getHost(), connection.timing());
    put(topics.sessionCpu(), connection.cpu().getHost(), connection.cpu());
  }

  public void send(ProbeTiming probe) {
    put(topics.probe(), probe.getHost(), probe);
  }

  public void send(CollectorStatus heartbeat) {
    put(topics.collectorStatus(), heartbeat.getHost(), heartbeat);
  }

  public void send(HostFingerprint fingerprint) {
    put(topics.hostFingerprint(), fingerprint.getHost(), fingerprint);
  }

  public void send(TamperEvidence evidence) {
    put(topics.evidence(), evidence.getHost(), evidence);
  }

  /// Puts bytes where connections belong.
  void garbage(String host, byte[] bytes) {
    sent.add(producer.send(new ProducerRecord<>(topics.authTiming().name(), host, bytes)));
    flush();
  }

  private <V> void put(Topic<V> topic, String host, V value) {
    byte[] bytes = topic.valueSerde().serializer().serialize(topic.name(), value);
    var record = new ProducerRecord<>(topic.name(), host, bytes);
    byte[] code = sealer.seal(topic.name(), host, bytes);
    if (code.length > 0) {
      record.headers().add(Sealer.HEADER, code);
    }
    sent.add(producer.send(record));
  }

  /// Waits until Kafka has everything.
  public void flush() {
    try {
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
      sent.clear();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw new KafkaException(e);
    }
  }

  @Override
  public void close() {
    try (producer) {
      flush();
    }
  }
}
