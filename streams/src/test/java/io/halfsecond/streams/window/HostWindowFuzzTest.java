package io.halfsecond.streams.window;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class HostWindowFuzzTest {
  /// Bytes are either refused with a reason, or read as a state that writes the same bytes.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    HostWindow state;
    try {
      state = HostWindow.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).startsWith("host window: ");
      return;
    }
    assertThat(state.toBytes()).isEqualTo(input);
    for (var signal : state.signals()) {
      assertThat(state.quantile(signal, 0.5)).isFinite();
    }
  }
}
