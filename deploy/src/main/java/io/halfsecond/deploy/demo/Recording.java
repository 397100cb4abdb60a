package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The telemetry of one run, as it stood on the topics. In a file it is an Avro object container (Avro 1.12
/// specification, "Object Container Files"), with the time of the swap and the delay in the file's metadata.
///
/// @param swappedAt when sshd was restarted on the slow library
/// @param delay what the library was made to cost
record Recording(Instant swappedAt, Duration delay, List<Entry> entries) {
  private static final String SWAPPED_AT = "halfsecond.swapped-at";
  private static final String DELAY_MILLIS = "halfsecond.delay-millis";
  private static final Schema SCHEMA = SchemaBuilder.record("Telemetry").namespace("io.halfsecond.recording").doc(
    "One record of a telemetry topic.").fields().requiredString("topic").requiredString("key").requiredLong(
      "timestampMillis").requiredBytes("value").endRecord();

  /// One record of a topic, its value as the bytes that were on the wire.
  record Entry(String topic, String key, long timestampMillis, ByteBuffer value) {}

  Recording {
    entries = List.copyOf(entries);
  }

  /// Reads the telemetry topics from their beginning to their present end, in the order of the records' times.
  static Recording of(String bootstrapServers, Instant swappedAt, Duration delay) {
    var entries = new ArrayList<Entry>();
    var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions = List.<Topic<?>>of(Backend.TOPICS.authTiming(), Backend.TOPICS.sessionCpu(), Backend.TOPICS
        .collectorStatus()).stream().map(topic -> new TopicPartition(topic.name(), 0)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> entries.add(new Entry(record.topic(), record.key(),
          record.timestamp(), ByteBuffer.wrap(record.value()))));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::timestampMillis));
    return new Recording(swappedAt, delay, entries);
  }

  void write(Path file) throws IOException {
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(CodecFactory.deflateCodec(9));
      writer.setMeta(SWAPPED_AT, swappedAt.toString());
      writer.setMeta(DELAY_MILLIS, delay.toMillis());
      writer.create(SCHEMA, file.toFile());
      for (var entry : entries) {
        writer.append(new GenericRecordBuilder(SCHEMA).set("topic", entry.topic()).set("key", entry.key()).set(
          "timestampMillis", entry.timestampMillis()).set("value", entry.value()).build());
      }
    }
  }

  /// @throws IOException if the stream is no recording; the message says why
  static Recording read(InputStream in) throws IOException {
    try (var reader = new DataFileStream<GenericRecord>(in, new GenericDatumReader<>())) {
      var swappedAt = reader.getMetaString(SWAPPED_AT);
      if (swappedAt == null) {
        throw new IOException("an Avro file, but not a recording: its metadata lacks " + SWAPPED_AT);
      }
      var delay = Duration.ofMillis(reader.getMetaLong(DELAY_MILLIS));
      var entries = new ArrayList<Entry>();
      for (var record : reader) {
        entries.add(new Entry(record.get("topic").toString(), record.get("key").toString(), (long) record.get(
          "timestampMillis"), (ByteBuffer) record.get("value")));
      }
      return new Recording(Instant.parse(swappedAt), delay, entries);
    } catch (RuntimeException e) {
      throw new IOException("not a readable recording: " + e.getMessage(), e);
    }
  }

  /// Puts every record onto the topic it came from, with its own time, and returns once Kafka has them all.
  ///
  /// @throws IOException if Kafka does not take one
  void play(String bootstrapServers) throws IOException, InterruptedException {
    var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers, "acks", "all");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      for (var entry : entries) {
        var value = new byte[entry.value().remaining()];
        entry.value().duplicate().get(value);
        sent.add(producer.send(new ProducerRecord<>(entry.topic(), 0, entry.timestampMillis(), entry.key(), value)));
      }
      producer.flush();
      for (var each : sent) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("Kafka did not take a recorded record", e);
    }
  }
}
