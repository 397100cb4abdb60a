package io.halfsecond.streams.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class HostStateFuzzTest {
  /// Bytes are either refused with a reason, or read as a state that writes the same bytes.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    HostState state;
    try {
      state = HostState.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("host state: ");
      return;
    }
    byte[] written = state.toBytes();
    assertThat(HostState.fromBytes(written).toBytes()).isEqualTo(written);
    assertThat(state.clock()).isNotNull();
    assertThat(state.heartbeat()).isNotNull();
    assertThat(state.losses().totals()).isNotNull();
    assertThat(state.collectors().runs()).hasSizeLessThanOrEqualTo(2);
  }
}
