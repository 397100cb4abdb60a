package io.halfsecond.streams.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class TrialFuzzTest {
  /// Bytes are either refused with a reason, or read as a trial that writes the same bytes and
  /// still works.
  @FuzzTest
  void should_refuse_or_understand_any_bytes(byte[] input) {
    Trial trial;
    try {
      trial = Trial.fromBytes(input);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("trial: ");
      return;
    }
    assertThat(trial.toBytes()).isEqualTo(input);
    for (int i = 1; i < 10; i++) {
      var at = trial.begin().plusSeconds(100L * i);
      for (var subject : trial.subjects()) {
        trial.take(subject, at, 8e6);
        trial.companions().forEach(companion -> trial.takeOf(companion, subject, at, 9e6));
      }
    }
    assertThat(Trial.fromBytes(trial.toBytes()).toBytes()).isEqualTo(trial.toBytes());
  }
}
