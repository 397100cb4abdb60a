package io.halfsecond.deploy.topic;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Copies what a topology reads to topics with another prefix and more partitions: keys, values,
/// headers and times as they are.
///
/// **Guarantees** each record is copied once, also if the copy is interrupted and started again:
/// records and positions are written in one transaction. The records of a key stay in order, for
/// the number of partitions must be a multiple of the old one: then a new partition has the records
/// of one old partition only. The old topics are only read.
///
/// Alerts and dead letters are not copied, because the new topology writes them again. Not safe for
/// use by several threads.
public final class TopicCopy implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int RECORDS = 5_000;

  private final Map<String, String> names;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<TopicPartition> partitions;

  private TopicCopy(
      Map<String, String> names,
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer) {
    this.names = names;
    this.consumer = consumer;
    this.producer = producer;
    this.partitions =
        names.keySet().stream().flatMap(name -> partitions(consumer, name).stream()).toList();
  }

  /// @param kafka client settings beyond the bootstrap servers
  /// @param id of the copy: its consumer group and transactional id
  /// @throws UnknownTopicOrPartitionException if a topic is missing
  /// @throws KafkaException if the copy would not be in order: the message says why
  public static TopicCopy open(
      String bootstrapServers, Map<String, String> kafka, String id, Topics from, Topics to) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    var names = names(from, to);
    var consumer =
        new KafkaConsumer<>(
            consumer(settings, id), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      var producer =
          new KafkaProducer<>(
              producer(settings, id), new ByteArraySerializer(), new ByteArraySerializer());
      try {
        var copy = new TopicCopy(names, consumer, producer);
        copy.begin();
        return copy;
      } catch (RuntimeException e) {
        producer.close();
        throw e;
      }
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private static Map<String, String> names(Topics from, Topics to) {
    var targets = copied(to);
    var sources = copied(from);
    var names = new HashMap<String, String>();
    for (int i = 0; i < sources.size(); i++) {
      names.put(sources.get(i).name(), targets.get(i).name());
    }
    return names;
  }

  private static List<Topic<?>> copied(Topics topics) {
    return topics.all().stream()
        .filter(topic -> !topic.equals(topics.alerts()) && !topic.equals(topics.deadLetters()))
        .toList();
  }

  private static Map<String, Object> consumer(Map<String, Object> settings, String id) {
    var own = new HashMap<>(settings);
    own.put(ConsumerConfig.GROUP_ID_CONFIG, id);
    own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS);
    return own;
  }

  private static Map<String, Object> producer(Map<String, Object> settings, String id) {
    var own = new HashMap<>(settings);
    own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    own.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    return own;
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
    var found = consumer.partitionsFor(topic);
    if (found.isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "no topic %s; see halfsecond topics plan".formatted(topic));
    }
    return found.stream()
        .map(PartitionInfo::partition)
        .map(partition -> new TopicPartition(topic, partition))
        .toList();
  }

  private void begin() {
    names.forEach(
        (source, target) -> {
          int old = partitions(consumer, source).size();
          int wanted = partitions(consumer, target).size();
          if (wanted % old != 0) {
            throw new KafkaException(
                "%s has %d partitions, which is no multiple of the %d of %s: the records of several would be mixed, out of order"
                    .formatted(target, wanted, old, source));
          }
        });
    producer.initTransactions();
    consumer.assign(partitions);
    if (consumer.committed(new HashSet<>(partitions)).values().stream().allMatch(this::isAbsent)) {
      requireEmptyTargets();
    }
  }

  @SuppressWarnings("NullAway") // Kafka's map has null for a partition without a position
  private boolean isAbsent(OffsetAndMetadata position) {
    return position == null;
  }

  /// Old records behind new ones would be late for the topology.
  private void requireEmptyTargets() {
    var targets =
        names.values().stream().flatMap(name -> partitions(consumer, name).stream()).toList();
    consumer.endOffsets(targets).entrySet().stream()
        .filter(end -> end.getValue() > 0)
        .findFirst()
        .ifPresent(
            end -> {
              throw new KafkaException(
                  end.getKey().topic()
                      + " has records already, and older ones cannot be put before them; copy"
                      + " before anything else writes to the new topics");
            });
  }

  /// Copies what is there now, or what comes within a moment.
  ///
  /// @return how many records
  /// @throws KafkaException if Kafka refuses; another copy with the same id ends this one
  public int step() {
    var records = consumer.poll(POLL);
    if (!records.isEmpty()) {
      producer.beginTransaction();
      try {
        for (var record : records) {
          // The commit fails if a send does.
          var _ = producer.send(copy(record));
        }
        producer.sendOffsetsToTransaction(positions(records), consumer.groupMetadata());
        producer.commitTransaction();
      } catch (KafkaException e) {
        // The next copy begins where the last transaction ended.
        throw new KafkaException("the copy ended, start it again: " + e.getMessage(), e);
      }
    }
    return records.count();
  }

  private ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record) {
    return new ProducerRecord<>(
        names.get(record.topic()),
        null,
        record.timestamp(),
        record.key(),
        record.value(),
        record.headers());
  }

  private Map<TopicPartition, OffsetAndMetadata> positions(ConsumerRecords<?, ?> records) {
    return records.partitions().stream()
        .collect(
            Collectors.toMap(
                partition -> partition,
                partition -> new OffsetAndMetadata(consumer.position(partition))));
  }

  /// How many records there are still to copy.
  public long behind() {
    return consumer.endOffsets(partitions).entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
        .sum();
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
