package io.halfsecond.collector.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilityTest {
  @Test
  void should_name_the_effective_capabilities_when_given_a_status() {
    var status = "Name:\tjava\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000001004\n";

    assertThat(Capability.effective(status))
        .containsExactlyInAnyOrder(Capability.CAP_NET_ADMIN, Capability.CAP_DAC_READ_SEARCH);
  }

  @Test
  void should_name_none_when_the_status_has_no_readable_line() {
    assertThat(Capability.effective("Name:\tjava\n")).isEmpty();
    assertThat(Capability.effective("CapEff:\tmany\n")).isEmpty();
  }
}
