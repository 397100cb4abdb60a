package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;

class KeyStateFuzzTest {
  /// Bytes are either refused with a reason, or read as a state that writes the same bytes and
  /// still works.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    KeyState state;
    try {
      state = KeyState.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("detector state: ");
      return;
    }
    assertThat(state.toBytes()).isEqualTo(input);
    var series = Series.likeTheDemo(1);
    series.state = state;
    for (int i = 0; i < 20; i++) {
      series.observe(i % 4 == 0 ? 8e6 : 500e6).pause(Duration.ofSeconds(5));
    }
    assertThat(KeyState.fromBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
  }
}
