package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessInstanceTest {
  private static final String STAT =
      "4321 (sshd (x) y) S 1 4321 4321 0 -1 4194560 750 0 0 0 1 2 0 0 20 0 1 0 123456 15925248 1856"
          + " 18446744073709551615 94026127257600 94026127779200 140722911573232 0 0 0 0 4096 81925"
          + " 0 0 0 17 1 0 0 0 0 0\n";

  @Test
  void should_tell_a_process_and_its_program_by_its_start_and_its_addresses() {
    assertThat(ProcessInstance.parse(4321, STAT, OptionalLong.of(77)))
        .contains(
            new ProcessInstance(
                4321,
                Duration.ofMillis(1_234_560),
                OptionalLong.of(77),
                "94026127257600",
                "140722911573232"));
  }

  @Test
  void should_see_none_in_a_process_that_has_ended() {
    assertThat(ProcessInstance.parse(4321, STAT.replace(") S ", ") Z "), OptionalLong.empty()))
        .isEmpty();
    assertThat(ProcessInstance.parse(4321, "4321 (sshd) S 1 4321", OptionalLong.empty())).isEmpty();
    assertThat(ProcessInstance.parse(4321, "", OptionalLong.empty())).isEmpty();
  }
}
