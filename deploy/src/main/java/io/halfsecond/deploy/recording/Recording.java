package io.halfsecond.deploy.recording;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.halfsecond.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
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
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The telemetry of one run, as it was on the topics. The file is an Avro object container (Avro
/// 1.12 specification, "Object Container Files") with what is known of the run in its metadata.
public record Recording(Run run, List<Entry> entries) {
  private static final String SWAPPED_AT = "halfsecond.swapped-at";
  private static final String DELAY_MILLIS = "halfsecond.delay-millis";
  private static final String BLOCK_MILLIS = "halfsecond.block-millis";
  private static final Schema SCHEMA =
      SchemaBuilder.record("Telemetry")
          .namespace("io.halfsecond.recording")
          .doc("One record of a telemetry topic.")
          .fields()
          .requiredString("topic")
          .requiredString("key")
          .requiredLong("timestampMillis")
          .requiredBytes("value")
          .endRecord();

  /// The run that was recorded.
  ///
  /// @param swappedAt when sshd was restarted on the slow library
  /// @param delay CPU time that the library was made to cost
  /// @param block length of the detector's blocks; empty in recordings that do not say it
  public record Run(Instant swappedAt, Duration delay, Optional<Duration> block) {}

  /// One record of a topic, its value as the bytes on the topic.
  public record Entry(String topic, String key, long timestampMillis, ByteBuffer value) {
    public byte[] bytes() {
      var bytes = new byte[value.remaining()];
      value.duplicate().get(bytes);
      return bytes;
    }
  }

  public Recording {
    entries = List.copyOf(entries);
  }

  /// Reads the topics of telemetry and decisions from their beginning to their present end, in the
  /// order of the records' times.
  ///
  /// @param topics of one partition each
  public static Recording of(String bootstrapServers, Topics topics, Run run) {
    var entries = new ArrayList<Entry>();
    var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers);
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          Stream.of(
                  topics.authTiming(),
                  topics.sessionCpu(),
                  topics.probe(),
                  topics.selfTest(),
                  topics.hostFingerprint(),
                  topics.collectorStatus(),
                  topics.evidence(),
                  topics.control())
              .map(topic -> new TopicPartition(topic.name(), 0))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record ->
                    entries.add(
                        new Entry(
                            record.topic(),
                            record.key(),
                            record.timestamp(),
                            ByteBuffer.wrap(record.value()))));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::timestampMillis));
    return new Recording(run, entries);
  }

  public void write(Path file) throws IOException {
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(CodecFactory.deflateCodec(9));
      writer.setMeta(SWAPPED_AT, run.swappedAt().toString());
      writer.setMeta(DELAY_MILLIS, run.delay().toMillis());
      run.block().ifPresent(block -> writer.setMeta(BLOCK_MILLIS, block.toMillis()));
      writer.create(SCHEMA, file.toFile());
      for (var entry : entries) {
        writer.append(
            new GenericRecordBuilder(SCHEMA)
                .set("topic", entry.topic())
                .set("key", entry.key())
                .set("timestampMillis", entry.timestampMillis())
                .set("value", entry.value())
                .build());
      }
    }
  }

  /// @throws IOException if the stream is not a recording; the message says why
  public static Recording read(InputStream in) throws IOException {
    try (var reader = Reader.open(in)) {
      var entries = new ArrayList<Entry>();
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        entries.add(entry.get());
      }
      return new Recording(reader.run(), entries);
    }
  }

  /// Reads a recording entry by entry.
  public static final class Reader implements AutoCloseable {
    private final DataFileStream<GenericRecord> file;
    private final Tail tail;
    private final Run run;

    private Reader(DataFileStream<GenericRecord> file, Tail tail, Run run) {
      this.file = file;
      this.tail = tail;
      this.run = run;
    }

    /// @throws IOException if the stream is not a recording; the message says why
    public static Reader open(InputStream in) throws IOException {
      try {
        var tail = new Tail(in);
        var file = new DataFileStream<GenericRecord>(tail, new GenericDatumReader<>());
        var swappedAt = file.getMetaString(SWAPPED_AT);
        if (swappedAt == null) {
          throw new IOException(
              "an Avro file, but not a recording: its metadata lacks " + SWAPPED_AT);
        }
        // Entries of another schema may take no bytes, and a block of a few bytes have any number.
        if (!file.getSchema().equals(SCHEMA)) {
          throw new IOException("an Avro file, but not a recording: its schema is another");
        }
        return new Reader(
            file,
            tail,
            new Run(
                Instant.parse(swappedAt),
                Duration.ofMillis(file.getMetaLong(DELAY_MILLIS)),
                file.getMetaKeys().contains(BLOCK_MILLIS)
                    ? Optional.of(Duration.ofMillis(file.getMetaLong(BLOCK_MILLIS)))
                    : Optional.empty()));
      } catch (EOFException e) {
        throw new IOException("not a readable recording: it ends within its head", e);
      } catch (RuntimeException | OutOfMemoryError e) {
        throw unreadable(e);
      }
    }

    public Run run() {
      return run;
    }

    /// @return empty at the end
    /// @throws IOException if the rest cannot be read
    public Optional<Entry> next() throws IOException {
      try {
        if (!file.hasNext()) {
          // Avro takes a file that is cut short for one that ends there.
          if (!tail.endsWithMarker()) {
            throw new IOException("the recording is cut short");
          }
          return Optional.empty();
        }
        var record = file.next();
        return Optional.of(
            new Entry(
                record.get("topic").toString(),
                record.get("key").toString(),
                (long) record.get("timestampMillis"),
                (ByteBuffer) record.get("value")));
      } catch (RuntimeException | OutOfMemoryError e) {
        throw unreadable(e);
      }
    }

    /// @param e also what Avro throws when it believes a length, of gigabytes, and allocates that
    private static IOException unreadable(Throwable e) {
      return new IOException("not a readable recording: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /// Knows how a container begins and ends. Its head ends with a marker of 16 random bytes, and so
  /// does each block, the last one too.
  private static final class Tail extends FilterInputStream {
    private static final int MARKER = 16;

    /// More than a head, whose longest part is the schema.
    private static final int HEAD = 8_192;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private byte[] end = new byte[0];

    private Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        head.write(bytes, offset, Math.min(count, HEAD - head.size()));
        var joined = Arrays.copyOf(end, end.length + Math.min(count, MARKER));
        System.arraycopy(
            bytes,
            offset + count - (joined.length - end.length),
            joined,
            end.length,
            joined.length - end.length);
        end = Arrays.copyOfRange(joined, Math.max(0, joined.length - MARKER), joined.length);
      }
      return count;
    }

    private boolean endsWithMarker() {
      return new String(head.toByteArray(), ISO_8859_1).contains(new String(end, ISO_8859_1));
    }
  }

  /// Writes every record to the topic it came from, with its own time, and returns once Kafka has
  /// acknowledged all.
  ///
  /// @throws IOException if Kafka refuses one
  public void play(String bootstrapServers) throws IOException, InterruptedException {
    // One request at a time: the topics may be new, see KafkaSink.
    var settings =
        Map.<String, Object>of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1);
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      var sent = new ArrayList<Future<RecordMetadata>>();
      for (var entry : entries) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    entry.topic(), 0, entry.timestampMillis(), entry.key(), entry.bytes())));
      }
      producer.flush();
      for (var each : sent) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("Kafka refused a recorded record", e);
    }
  }
}
