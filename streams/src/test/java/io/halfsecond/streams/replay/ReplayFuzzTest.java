package io.halfsecond.streams.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.telemetry.InputBytes;
import io.halfsecond.streams.telemetry.InputTopic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

class ReplayFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final AvroSerde<Alert> SERDE = AvroSerde.of(Alert.class);
  private static final List<InputTopic<?>> TOPICS = InputTopic.all(Topics.defaults());

  /// @param input records: a byte for the topic, two for the length, the value on the topic
  @FuzzTest
  void should_judge_any_records(byte[] input) {
    // given
    var alerts = new ArrayList<Alert>();
    var replay = new Replay(DetectorSettings.defaults(), NOW, alerts::add);
    long records = 0;

    // when
    var in = ByteBuffer.wrap(input);
    while (in.remaining() >= 3) {
      var topic = TOPICS.get(Byte.toUnsignedInt(in.get()) % TOPICS.size());
      var bytes = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
      in.get(bytes);
      try {
        var record = InputBytes.read(topic, bytes);
        replay.accept(record.key(), record);
        records++;
      } catch (SerializationException unreadable) {
        assertThat(unreadable).hasMessageStartingWith("topic ");
      }
    }
    var summary = replay.finish();

    // then
    assertThat(summary.records()).isEqualTo(records);
    assertThat(summary.skipped().values().stream().mapToLong(Long::longValue).sum())
        .isLessThanOrEqualTo(records);
    for (var alert : alerts) {
      assertThat(SERDE.decode(SERDE.encode(alert))).isEqualTo(alert);
    }
  }
}
