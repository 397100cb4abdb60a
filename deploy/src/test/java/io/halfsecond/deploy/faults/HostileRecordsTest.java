package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.deploy.service.ExtremeHost;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.replay.ReplaySummary.Skipped;
import io.halfsecond.streams.telemetry.InputTopic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a hostile client can write, judged by the engines of the topology.
class HostileRecordsTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final AvroSerde<Alert> ALERTS = AvroSerde.of(Alert.class);
  private static final int RECORDS = 10_000;

  /// What a broker takes by default.
  private static final int LARGEST = 1 << 20;

  @TempDir private Path state = Path.of("");

  @BeforeAll
  static void logNothing() {
    ExtremeHost.log(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    ExtremeHost.log(null);
  }

  @Test
  void should_be_judged_or_refused_whatever_they_are() {
    // given
    var random = new SplittableRandom(5);
    var records = new HostileRecords(TOPICS, "web-17", NOW, state, random);
    var alerts = new ArrayList<Integer>();
    var replay =
        new Replay(
            DetectorSettings.defaults(), NOW, alert -> alerts.add(ALERTS.encode(alert).length));

    // when
    for (int n = 0; n < RECORDS; n++) {
      (random.nextBoolean() ? records.fresh() : records.bent())
          .ifPresent(record -> accept(replay, record));
    }
    var summary = replay.finish();

    // then
    assertThat(summary.records()).isGreaterThan(RECORDS * 9 / 10);
    assertThat(summary.skipped().get(Skipped.INSANE)).isBetween(RECORDS / 10L, RECORDS / 2L);
    assertThat(alerts).isNotEmpty().allSatisfy(size -> assertThat(size).isLessThan(LARGEST));
  }

  private static void accept(Replay replay, EncodedRecord record) {
    InputTopic.all(TOPICS).stream()
        .filter(topic -> topic.topic().name().equals(record.topic()))
        .forEach(topic -> accept(replay, topic, record));
  }

  private static <V> void accept(Replay replay, InputTopic<V> topic, EncodedRecord record) {
    V value = topic.topic().valueSerde().deserializer().deserialize(record.topic(), record.value());
    replay.accept(record.key(), topic.asInput().apply(value));
  }
}
