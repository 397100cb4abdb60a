package io.halfsecond.deploy.faults;

import io.halfsecond.collector.emit.RecordWriter;
import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.deploy.service.ExtremeHost;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;

/// Well-formed records of one host, the strangest that there are: within the bounds that its
/// collector keeps, and with a value bent beyond them.
final class HostileRecords {
  private static final int SEEDS = 40;

  private final List<EncodedRecord> pool;
  private final Map<String, Topic<?>> topics;
  private final SplittableRandom random;
  private final Bent bent;
  private long number;

  /// @param now the time of its records
  /// @param state an empty directory
  HostileRecords(Topics topics, String host, Instant now, Path state, SplittableRandom random) {
    var source = new ExtremeHost(topics, host, now, state);
    this.pool =
        LongStream.range(0, SEEDS).boxed().flatMap(each -> source.records(each).stream()).toList();
    this.topics =
        RecordWriter.topics(topics).stream()
            .collect(Collectors.toMap(Topic::name, Function.identity()));
    this.random = random;
    this.bent = new Bent(random);
  }

  /// The topics that it has records of.
  Set<String> topics() {
    return pool.stream().map(EncodedRecord::topic).collect(Collectors.toSet());
  }

  /// One of few, again and again.
  EncodedRecord known() {
    return pool.get(random.nextInt(pool.size()));
  }

  /// One with an id and a number of its own.
  Optional<EncodedRecord> fresh() {
    return made(false);
  }

  /// The same with a value bent. Empty if that cannot be written.
  Optional<EncodedRecord> bent() {
    return made(true);
  }

  private Optional<EncodedRecord> made(boolean bend) {
    var record = known();
    return Optional.ofNullable(topics.get(record.topic()))
        .flatMap(topic -> made(topic, record.value(), bend))
        .map(value -> new EncodedRecord(record.topic(), record.key(), record.at(), value));
  }

  private <V> Optional<byte[]> made(Topic<V> topic, byte[] bytes, boolean bend) {
    var value = topic.valueSerde().deserializer().deserialize(topic.name(), bytes);
    if (!(value instanceof SpecificRecord record)) {
      return Optional.empty();
    }
    set(record, "id", "%016x%016x".formatted(random.nextLong(), random.nextLong()));
    set(record, "sequence", number++);
    try {
      if (bend) {
        bent.bend(record);
      }
      return Optional.of(topic.valueSerde().serializer().serialize(topic.name(), value));
    } catch (KafkaException | AvroRuntimeException _) {
      return Optional.empty();
    }
  }

  private static void set(SpecificRecord record, String field, Object value) {
    var found = record.getSchema().getField(field);
    if (found != null) {
      record.put(found.pos(), value);
    }
  }
}
