package io.halfsecond.streams.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WrongClocksTest {
  private static final Instant NOW = Instant.parse("2026-03-29T12:00:00Z");
  private static final Instant AHEAD = NOW.plus(Duration.ofDays(40));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WrongClocks clocks = new WrongClocks(registry);

  @Test
  void should_show_a_host_once_and_the_newest_difference() {
    clocks.refused("web-17", NOW, NOW);
    clocks.refused("web-17", AHEAD, NOW);

    assertThat(registry.getMeters()).hasSize(1);
    assertThat(registry.get("halfsecond.host.clock.wrong").tag("host", "web-17").gauge().value())
        .isEqualTo(40.0 * 24 * 60 * 60);
  }

  @Test
  void should_forget_a_host_that_is_right_or_gone() {
    clocks.refused("web-17", AHEAD, NOW);
    clocks.refused("web-18", AHEAD, NOW);
    clocks.refused("web-19", AHEAD, NOW.plusSeconds(1));

    clocks.right("web-17");
    clocks.right("web-20");
    clocks.forget(NOW.plus(WrongClocks.SHOWN));

    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getTag("host"))
        .containsExactly("web-19");
  }

  @Test
  void should_show_no_more_hosts_than_somebody_may_invent() {
    for (int n = 0; n <= WrongClocks.MOST; n++) {
      clocks.refused("web-" + n, AHEAD, NOW);
    }

    assertThat(registry.getMeters()).hasSize(WrongClocks.MOST);
  }
}
