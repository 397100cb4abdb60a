package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelReaderTest {
  @ParameterizedTest
  @CsvSource({"4.18.0-553.el8_10.x86_64, true", "5.10.0-32-amd64, true", "5.13.19, true",
    "5.14.0-427.el9, false",
    "6.18.44, false", "6.1-rc1, false", "'', false", "five.ten, false"})
  void should_expect_empty_cpu_times_of_a_kernel_when_it_is_older_than_5_14(String release,
    boolean expected) {
    assertThat(KernelReader.needsDelayAccounting(release)).isEqualTo(expected);
  }
}
