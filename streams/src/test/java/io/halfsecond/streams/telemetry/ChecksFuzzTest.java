package io.halfsecond.streams.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.Topics;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

class ChecksFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final List<InputTopic<?>> TOPICS = InputTopic.all(Topics.defaults());

  /// @param input the first byte chooses the topic, the rest is the value on it
  @FuzzTest
  void should_accept_or_refuse_any_record(byte[] input) {
    if (input.length == 0) {
      return;
    }
    // given
    var topic = TOPICS.get(Byte.toUnsignedInt(input[0]) % TOPICS.size());
    Input record;
    try {
      record = InputBytes.read(topic, Arrays.copyOfRange(input, 1, input.length));
    } catch (SerializationException unreadable) {
      assertThat(unreadable).hasMessageStartingWith("topic " + topic.topic().name() + ": ");
      return;
    }

    // when
    try {
      Checks.check(record.key(), record, TimeBounds.any(), NOW);
    } catch (InsaneRecordException insane) {
      assertThat(insane).hasMessageMatching("[ -~]{1,200}");
      return;
    }

    // then
    if (record instanceof Telemetry telemetry) {
      assertThat(telemetry.sequence()).isNotNegative();
      assertThat(telemetry.at().toEpochMilli()).isPositive();
      var state = HostState.fresh();
      state.accept(telemetry);
      assertThat(HostState.fromBytes(state.toBytes()).clock()).isEqualTo(state.clock());
    }
  }
}
