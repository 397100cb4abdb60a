package io.halfsecond.streams.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class ProfileScheduleFuzzTest {
  /// Bytes are either refused with a reason, or read as a state that writes the same bytes.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    ProfileSchedule state;
    try {
      state = ProfileSchedule.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).startsWith("calendar of a cohort: ");
      return;
    }
    assertThat(state.toBytes()).isEqualTo(input);
    assertThat(ProfileSchedule.startOf(state.period())).isNotNull();
  }
}
