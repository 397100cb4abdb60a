package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.KafkaSettings;
import io.halfsecond.collector.sink.KafkaSink;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;

class EmitterTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant AT = Instant.parse("2024-03-29T00:00:00Z");
  private static final Instant NOW = AT.plus(Duration.ofMinutes(1));

  @Test
  void should_number_records_without_gaps_and_key_them_by_host() {
    // given
    var kafka = kafka(true);
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    probe(emitter, AT);
    probe(emitter, AT);
    emitter.close();

    // then
    assertThat(kafka.history())
        .allSatisfy(
            sent -> {
              assertThat(sent.key()).isEqualTo("web-17");
              assertThat(sent.timestamp()).isEqualTo(AT.toEpochMilli());
            })
        .extracting(EmitterTest::sequence)
        .containsExactly(0L, 1L);
    assertThat(emitter.meter(TOPICS.probe()).acknowledgedCount()).isEqualTo(2);
    assertThat(emitter.meter(TOPICS.probe()).inFlight()).isZero();
  }

  /// A broker refuses a whole batch with a timestamp that is an hour ahead of its clock.
  @Test
  void should_never_date_a_record_later_than_now() {
    // given
    var kafka = kafka(true);
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    probe(emitter, NOW.plus(Duration.ofHours(2)));
    emitter.close();

    // then
    assertThat(kafka.history())
        .singleElement()
        .satisfies(sent -> assertThat(sent.timestamp()).isEqualTo(NOW.toEpochMilli()));
  }

  @Test
  void should_count_records_in_flight_when_kafka_has_not_answered() {
    // given
    var kafka = kafka(false);
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    probe(emitter, AT);
    await().until(() -> kafka.history().size() == 1);

    // then
    assertThat(emitter.meter(TOPICS.probe()).inFlight()).isOne();
    kafka.completeNext();
    await().until(() -> emitter.meter(TOPICS.probe()).inFlight() == 0);
    emitter.close(Duration.ofSeconds(5));
  }

  @Test
  void should_count_a_record_as_rejected_when_kafka_can_never_take_it() {
    // given
    var kafka = kafka(false);
    var emitter = emitter(kafka, 10);
    emitter.start();
    probe(emitter, AT);
    await().until(() -> kafka.history().size() == 1);

    // when
    kafka.errorNext(new RecordTooLargeException("too large"));

    // then
    await().until(() -> emitter.meter(TOPICS.probe()).droppedCount(DropReason.REJECTED) == 1);
    assertThat(emitter.meter(TOPICS.probe()).inFlight()).isZero();
    emitter.close(Duration.ofSeconds(5));
  }

  @Test
  void should_keep_up_to_the_bound_and_drop_the_rest_when_no_broker_answers() {
    // given: nothing listens on port 1, and the thread that would hand over is not running yet
    var nowhere = new KafkaSettings("127.0.0.1:1", Map.of()).open("test");
    var emitter = emitter(nowhere, 3);

    // when
    for (int i = 0; i < 5; i++) {
      probe(emitter, AT);
    }
    var meter = emitter.meter(TOPICS.probe());

    // then
    assertThat(meter.droppedCount(DropReason.QUEUE_FULL)).isEqualTo(2);
    assertThat(meter.inFlight()).isEqualTo(3);

    // and when it gives up
    emitter.start();
    await()
        .untilAsserted(
            () ->
                assertThat(emitter.waiting()).map(Waiting::reason).contains(Waiting.Reason.BROKER));
    emitter.close(Duration.ofMillis(200));

    // then: at once, unless the client was still being made
    await()
        .untilAsserted(
            () -> assertThat(meter.droppedCount(DropReason.CLOSED)).as("closed").isEqualTo(3));
    assertThat(meter.inFlight()).isZero();
  }

  /// A collector may be newer than the topics: existing topics must not wait for a missing one.
  @Test
  void should_not_wait_for_a_missing_topic_and_send_its_records_when_it_is_made() {
    // given
    var missing = new AtomicBoolean(true);
    var kafka =
        new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<String, byte[]> message, Callback callback) {
            if (missing.get() && message.topic().equals(TOPICS.probe().name())) {
              callback.onCompletion(
                  null, new TimeoutException("not present in metadata after 0 ms"));
              return CompletableFuture.failedFuture(new TimeoutException());
            }
            return super.send(message, callback);
          }
        };
    var emitter = emitter(kafka, 10);
    emitter.start();

    // when
    probe(emitter, AT);
    selfTest(emitter);

    // then
    await().until(() -> emitter.meter(TOPICS.selfTest()).acknowledgedCount() == 1);
    assertThat(emitter.meter(TOPICS.probe()).inFlight()).isOne();

    // and when it is made
    missing.set(false);

    // then
    await().until(() -> emitter.meter(TOPICS.probe()).acknowledgedCount() == 1);
    emitter.close();
  }

  /// A heartbeat is worth nothing once there is a newer one.
  @Test
  void should_send_the_newest_heartbeat_only_and_number_it_when_it_is_sent() {
    // given
    var kafka = kafka(false);
    var emitter = emitter(kafka, 10);
    emitter.start();
    beat(emitter, "first");
    await().until(() -> kafka.history().size() == 1);

    // when
    beat(emitter, "second");
    beat(emitter, "third");
    probe(emitter, AT);
    await().until(() -> kafka.history().size() == 2);
    kafka.completeNext();
    await().until(() -> kafka.history().size() == 3);
    kafka.completeNext();
    kafka.completeNext();
    emitter.close();

    // then
    assertThat(kafka.history()).extracting(EmitterTest::sequence).containsExactly(0L, 1L, 2L);
    var last = status(kafka.history().getLast());
    assertThat(last.getVersion()).isEqualTo("third");
    assertThat(last.getRuns())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.getCollector()).isEqualTo("run");
              assertThat(run.getAssigned()).isEqualTo(3);
              assertThat(run.getSettled()).isEqualTo(1);
              assertThat(run.getLastAcknowledged())
                  .containsOnly(Map.entry(TOPICS.collectorStatus().name(), 0L));
            });
    assertThat(emitter.meter(TOPICS.collectorStatus()).createdCount()).isEqualTo(2);
  }

  /// A producer that first met a wrong password never sends again.
  @Test
  void should_make_a_new_producer_when_the_credentials_were_refused() {
    // given
    var refused = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    refused.sendException = new SaslAuthenticationException("wrong password");

    // then
    assertLeftForAnother(refused);
  }

  /// Kafka's producer asks for its id without a pause as long as it may write to no topic.
  @Test
  void should_leave_a_producer_that_may_write_to_no_topic() {
    // given
    var refused = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    refused.sendException = new TimeoutException("not present in metadata after 0 ms");
    var requests = new MetricName("request-total", "producer-metrics", "", Map.of());
    refused.setMockMetrics(
        requests,
        new KafkaMetric(
            new Object(),
            requests,
            (Gauge<Double>) (_, _) -> 10_000.0,
            new MetricConfig(),
            Time.SYSTEM));

    // then
    assertLeftForAnother(refused);
  }

  private static void assertLeftForAnother(MockProducer<String, byte[]> refused) {
    var granted = kafka(true);
    var producers = new ArrayDeque<>(List.of(refused, granted));
    var emitter = emitter(new KafkaSink("Kafka", producers::remove), 10);
    emitter.start();

    probe(emitter, AT);

    await().until(() -> emitter.meter(TOPICS.probe()).acknowledgedCount() == 1);
    assertThat(refused.closed()).isTrue();
    emitter.close();
  }

  /// Otherwise the second record would arrive before the first.
  @Test
  void should_send_again_in_order_when_a_record_was_lost() {
    // given
    var first = kafka(false);
    var second = kafka(true);
    var producers = new ArrayDeque<>(List.of(first, second));
    var emitter = emitter(new KafkaSink("Kafka", producers::remove), 10);
    emitter.start();
    probe(emitter, AT);
    probe(emitter, AT);
    await().until(() -> first.history().size() == 2);

    // when
    first.errorNext(new TimeoutException("expired"));
    first.errorNext(new KafkaException("the producer was closed"));

    // then
    await().until(() -> emitter.meter(TOPICS.probe()).acknowledgedCount() == 2);
    assertThat(first.closed()).isTrue();
    assertThat(second.history()).extracting(EmitterTest::sequence).containsExactly(0L, 1L);
    emitter.close();
  }

  private static long sequence(ProducerRecord<String, byte[]> sent) {
    return sent.topic().equals(TOPICS.probe().name())
        ? TOPICS.probe().valueSerde().deserializer().deserialize("", sent.value()).getSequence()
        : status(sent).getSequence();
  }

  private static CollectorStatus status(ProducerRecord<String, byte[]> sent) {
    return TOPICS.collectorStatus().valueSerde().deserializer().deserialize("", sent.value());
  }

  private static MockProducer<String, byte[]> kafka(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete, null, new StringSerializer(), new ByteArraySerializer());
  }

  private static Emitter emitter(Producer<String, byte[]> producer, int capacity) {
    return emitter(new KafkaSink("Kafka", () -> producer), capacity);
  }

  private static Emitter emitter(Sink sink, int capacity) {
    return new Emitter(
        new Origin("web-17", "", "boot", "run"),
        capacity,
        Sealer.NONE,
        sink,
        Optional.empty(),
        TOPICS.all(),
        InstantSource.fixed(NOW));
  }

  private static void probe(Emitter emitter, Instant at) {
    emitter.emit(
        TOPICS.probe(),
        at,
        sequence ->
            ProbeTiming.newBuilder()
                .setId("1e".repeat(16))
                .setHost("web-17")
                .setCollector("run")
                .setSequence(sequence)
                .setAt(at)
                .setTarget("127.0.0.1:22")
                .build());
  }

  private static void selfTest(Emitter emitter) {
    emitter.emit(
        TOPICS.selfTest(),
        AT,
        sequence ->
            SelfTestReport.newBuilder()
                .setId("1e".repeat(16))
                .setHost("web-17")
                .setCollector("run")
                .setSequence(sequence)
                .setAt(AT)
                .build());
  }

  private static void beat(Emitter emitter, String version) {
    emitter.beat(
        TOPICS.collectorStatus(),
        AT,
        (sequence, progress) ->
            CollectorStatus.newBuilder()
                .setHost("web-17")
                .setCollector("run")
                .setSequence(sequence)
                .setAt(AT)
                .setStartedAt(AT)
                .setVersion(version)
                .setRuns(progress.runs())
                .build());
  }
}
