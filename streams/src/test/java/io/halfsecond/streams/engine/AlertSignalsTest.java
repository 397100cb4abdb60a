package io.halfsecond.streams.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlertSignalsTest {
  @Test
  void should_name_each_signal_once_as_the_subjects_of_alerts_do() {
    assertThat(AlertSignals.all())
        .startsWith("startup", "preauth")
        .endsWith("selftest", "evidence", "silence", "forged", "two-collectors")
        .doesNotHaveDuplicates()
        .allMatch(signal -> signal.matches("[a-z-]+"));
  }
}
