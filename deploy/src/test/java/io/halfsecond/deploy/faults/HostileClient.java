package io.halfsecond.deploy.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Whoever has the credentials of one collector, and writes as fast as Kafka takes it: records of
/// its own host that are well formed and extreme, the same with a value bent, records of hosts that
/// it invents, and noise of any size on every topic that a collector may write.
final class HostileClient implements AutoCloseable {
  /// More than a broker takes.
  private static final int OVERSIZED = 3_000_000;

  private static final int LARGE = 1_000_000;
  private static final byte[] SINGLE_OBJECT = {(byte) 0xC3, 1};

  private final KafkaProducer<byte[], byte[]> producer;
  private final Topics topics;
  private final String host;
  private final Sealer sealer;
  private final List<String> mayWrite;
  private final SplittableRandom random;
  private final HostileRecords records;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;

  /// @param client settings of its user
  /// @param applicationId of the topology
  /// @param host its own name
  /// @param sealer with the key of that host
  /// @param state an empty directory
  /// @param seed makes the same records again
  HostileClient(
      Map<String, Object> client,
      Topics topics,
      String prefix,
      String applicationId,
      String host,
      Sealer sealer,
      Path state,
      long seed) {
    var settings = new HashMap<>(client);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    settings.put(ProducerConfig.ACKS_CONFIG, "1");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * OVERSIZED);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.topics = topics;
    this.host = host;
    this.sealer = sealer;
    this.mayWrite =
        ClusterRole.COLLECTOR.rights(topics, prefix, applicationId).stream()
            .map(right -> right.on().name())
            .toList();
    this.random = new SplittableRandom(seed);
    this.records =
        new HostileRecords(
            topics, host, Instant.now().truncatedTo(ChronoUnit.SECONDS), state, random);
    this.thread = Thread.ofPlatform().name("hostile-client").unstarted(this::run);
  }

  /// The topics that it writes well-formed records to.
  Set<String> wellFormed() {
    return records.topics();
  }

  /// The topics that it may write.
  Set<String> allowed() {
    return Set.copyOf(mayWrite);
  }

  void start() {
    thread.start();
  }

  /// Records that Kafka took.
  long taken() {
    return taken.get();
  }

  /// Records that Kafka refused.
  long refused() {
    return refused.get();
  }

  private void run() {
    while (!closing) {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5, 6, 7 -> own(records.known());
        case 8, 9, 10 -> records.fresh().ifPresent(this::own);
        case 11, 12, 13 -> records.bent().ifPresent(this::own);
        case 14, 15, 16 -> invented();
        default -> noise();
      }
    }
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void own(EncodedRecord record) {
    send(
        record.topic(),
        host.getBytes(UTF_8),
        record.value(),
        sealer.seal(record.topic(), host, record.value()));
  }

  private void invented() {
    var name = "invented-" + random.nextInt(1_000_000);
    var heartbeat = new SyntheticHost(name, 1).heartbeat(Instant.now());
    var topic = topics.collectorStatus();
    send(
        topic.name(),
        name.getBytes(UTF_8),
        topic.valueSerde().serializer().serialize(topic.name(), heartbeat),
        new byte[0]);
  }

  private void noise() {
    var topic = oneOf(mayWrite);
    byte[] key =
        oneOf(
            List.of(
                host.getBytes(UTF_8),
                bytes(random.nextInt(40)),
                new byte[0],
                "0123456789abcdef".getBytes(UTF_8)));
    int size = random.nextInt(200) == 0 ? oneOf(List.of(LARGE, OVERSIZED)) : random.nextInt(2_000);
    byte[] value =
        switch (random.nextInt(6)) {
          case 0 -> new byte[size];
          case 1 -> damaged();
          case 2 -> withHeader(bytes(size));
          case 3 -> "{\"type\":\"record\",".repeat(size / 16).getBytes(UTF_8);
          case 4 -> null;
          default -> bytes(size);
        };
    send(topic, random.nextInt(4) == 0 ? null : key, value, bytes(random.nextInt(50)));
  }

  private byte[] damaged() {
    byte[] value = records.known().value();
    byte[] part = Arrays.copyOf(value, 1 + random.nextInt(value.length));
    part[random.nextInt(part.length)] = (byte) random.nextInt();
    return part;
  }

  private static byte[] withHeader(byte[] value) {
    System.arraycopy(SINGLE_OBJECT, 0, value, 0, Math.min(SINGLE_OBJECT.length, value.length));
    return value;
  }

  private byte[] bytes(int size) {
    var bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void send(String topic, byte @Nullable [] key, byte @Nullable [] value, byte[] code) {
    var record = new ProducerRecord<>(topic, key, value);
    if (code.length > 0) {
      record.headers().add(Sealer.HEADER, code);
    }
    var _ =
        producer.send(
            record, (_, failure) -> (failure == null ? taken : refused).incrementAndGet());
  }

  /// Stops writing, and waits until Kafka has answered.
  void stop() {
    closing = true;
    Threads.join(thread);
    producer.flush();
  }

  @Override
  public void close() {
    stop();
    producer.close();
  }
}
