package io.halfsecond.streams.incident;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class RecentDeviationsFuzzTest {
  /// Bytes are either refused with a reason, or read as a state that writes the same bytes.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    RecentDeviations state;
    try {
      state = RecentDeviations.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).startsWith("last measurements: ");
      return;
    }
    assertThat(state.toBytes()).isEqualTo(input);
    assertThat(state.median()).isFinite();
    assertThat(state.points()).hasSizeLessThanOrEqualTo(RecentDeviations.KEPT);
  }
}
