package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlatformTest {
  @Test
  void should_read_the_cpu_of_several_architectures() {
    assertThat(
            Platform.cpuModel(
                "processor\t: 0\nmodel\t\t: 207\nmodel name\t: Intel(R) Xeon(R) Processor\n"))
        .isEqualTo("Intel(R) Xeon(R) Processor");
    assertThat(Platform.cpuModel("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"))
        .isEqualTo("POWER9, altivec supported");
    assertThat(Platform.cpuModel("processor\t: 0\nBogoMIPS\t: 50.00\n")).isEmpty();
  }
}
