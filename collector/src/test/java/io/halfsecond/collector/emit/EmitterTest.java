package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.sink.KafkaSink;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EmitterTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant AT = Instant.parse("2024-03-29T00:00:00Z");

  @Test
  void should_number_records_without_gaps_and_key_them_by_host() {
    // given
    var kafka = kafka(true);
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    beat(emitter);
    beat(emitter);
    emitter.close();

    // then
    assertThat(kafka.history())
        .allSatisfy(
            sent -> {
              assertThat(sent.key()).isEqualTo("web-17");
              assertThat(sent.timestamp()).isEqualTo(AT.toEpochMilli());
            })
        .extracting(
            sent ->
                TOPICS
                    .collectorStatus()
                    .valueSerde()
                    .deserializer()
                    .deserialize(sent.topic(), sent.value())
                    .getSequence())
        .containsExactly(0L, 1L);
    assertThat(emitter.meter(TOPICS.collectorStatus()).acknowledgedCount()).isEqualTo(2);
    assertThat(emitter.meter(TOPICS.collectorStatus()).inFlight()).isZero();
  }

  @Test
  void should_count_records_in_flight_when_kafka_has_not_answered() {
    // given
    var kafka = kafka(false);
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    beat(emitter);
    await().until(() -> kafka.history().size() == 1);

    // then
    assertThat(emitter.meter(TOPICS.collectorStatus()).inFlight()).isOne();
    kafka.completeNext();
    assertThat(emitter.meter(TOPICS.collectorStatus()).inFlight()).isZero();
    emitter.close(Duration.ofSeconds(5));
  }

  @Test
  void should_count_a_record_as_rejected_when_kafka_refuses_it() {
    // given
    var kafka = kafka(false);
    var emitter = emitter(kafka, 10);
    emitter.start();
    beat(emitter);
    await().until(() -> kafka.history().size() == 1);

    // when
    kafka.errorNext(new RecordTooLargeException("too large"));

    // then
    assertThat(emitter.meter(TOPICS.collectorStatus()).droppedCount(DropReason.REJECTED)).isOne();
    assertThat(emitter.healthy()).isFalse();
    emitter.close(Duration.ofSeconds(5));
  }

  @Test
  void should_keep_up_to_the_bound_and_drop_the_rest_when_no_broker_answers() {
    // given: nothing listens on port 1, and the thread that would hand over is not running yet
    var nowhere =
        new KafkaSettings("127.0.0.1:1", Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, "50"))
            .open("test");
    var emitter = new Emitter("web-17", 3, Sealer.NONE, nowhere, TOPICS.all());

    // when
    for (int i = 0; i < 5; i++) {
      beat(emitter);
    }
    var meter = emitter.meter(TOPICS.collectorStatus());

    // then
    assertThat(meter.droppedCount(DropReason.QUEUE_FULL)).isEqualTo(2);
    assertThat(meter.inFlight()).isEqualTo(3);

    // and when it gives up
    emitter.start();
    await().until(() -> !emitter.healthy());
    emitter.close(Duration.ofMillis(200));

    // then
    assertThat(meter.droppedCount(DropReason.CLOSED)).isEqualTo(3);
    assertThat(meter.inFlight()).isZero();
  }

  /// A collector may be newer than the topics: existing topics must not wait for a missing one.
  @Test
  void should_drop_records_of_a_missing_topic_while_other_topics_exist() {
    // given
    var kafka =
        new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<String, byte[]> message, Callback callback) {
            if (message.topic().equals(TOPICS.probe().name())) {
              callback.onCompletion(
                  null, new TimeoutException("not present in metadata after 5000 ms"));
              return CompletableFuture.failedFuture(new TimeoutException());
            }
            return super.send(message, callback);
          }
        };
    var emitter = emitter(kafka, 10);
    emitter.start();
    beat(emitter);

    // when
    emitter.emit(
        TOPICS.probe(),
        AT,
        sequence ->
            ProbeTiming.newBuilder()
                .setId("1e".repeat(16))
                .setHost("web-17")
                .setCollector("run")
                .setSequence(sequence)
                .setAt(AT)
                .setTarget("127.0.0.1:22")
                .build());
    beat(emitter);

    // then
    await().until(() -> emitter.meter(TOPICS.collectorStatus()).acknowledgedCount() == 2);
    assertThat(emitter.meter(TOPICS.probe()).droppedCount(DropReason.REJECTED)).isOne();
    assertThat(emitter.meter(TOPICS.probe()).inFlight()).isZero();
    emitter.close();
  }

  private static MockProducer<String, byte[]> kafka(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete, null, new StringSerializer(), new ByteArraySerializer());
  }

  private static Emitter emitter(Producer<String, byte[]> producer, int capacity) {
    return new Emitter("web-17", capacity, Sealer.NONE, new KafkaSink(producer), TOPICS.all());
  }

  private static void beat(Emitter emitter) {
    emitter.emit(
        TOPICS.collectorStatus(),
        AT,
        sequence ->
            CollectorStatus.newBuilder()
                .setHost("web-17")
                .setCollector("run")
                .setSequence(sequence)
                .setAt(AT)
                .setStartedAt(AT)
                .setVersion("test")
                .build());
  }
}
