package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PlatformTest {
  @Test
  void should_read_the_cpu_of_several_architectures() {
    assertThat(
      Platform.cpuModel("processor\t: 0\nmodel\t\t: 207\nmodel name\t: Intel(R) Xeon(R) Processor\n"))
      .isEqualTo("Intel(R) Xeon(R) Processor");
    assertThat(Platform.cpuModel("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"))
      .isEqualTo("POWER9, altivec supported");
    assertThat(Platform.cpuModel("processor\t: 0\nBogoMIPS\t: 50.00\n")).isEmpty();
  }

  @Test
  void should_read_when_the_kernel_started() {
    assertThat(Platform.bootedAt("cpu  1 2 3\nbtime 1711670400\nprocesses 3\n"))
      .isEqualTo(Instant.parse("2024-03-29T00:00:00Z"));
    assertThat(Platform.bootedAt("")).isEqualTo(Instant.EPOCH);
  }
}
