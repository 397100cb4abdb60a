package io.halfsecond.streams.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.Given;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private static final long MINUTE = 60_000;
  private static final long START = Given.START.toEpochMilli();

  private final Display display = new Display(Duration.ofMinutes(1));

  private HostWindow window(long start) {
    return display.window("web-17", start).orElseThrow();
  }

  @Test
  void should_give_no_window_that_is_never_shown() {
    window(START);
    window(START + MINUTE);
    window(START + 2 * MINUTE);

    assertThat(display.window("web-17", START)).isEmpty();
    assertThat(display.window("web-17", START + MINUTE)).isPresent();
  }

  @Test
  void should_show_a_window_that_still_fills_when_there_is_no_other() {
    var first = window(START);

    assertThat(display.shown("web-17", START + 10)).containsSame(first);
  }

  @Test
  void should_show_the_last_complete_window_while_the_next_one_fills() {
    var first = window(START);
    var second = window(START + MINUTE);

    assertThat(display.shown("web-17", START + MINUTE + 10)).containsSame(first);
    assertThat(display.shown("web-17", START + 2 * MINUTE)).containsSame(second);
  }

  @Test
  void should_not_show_a_window_from_before_a_pause_as_the_last_one() {
    window(START);
    var second = window(START + 5 * MINUTE);

    assertThat(display.shown("web-17", START + 5 * MINUTE + 10)).containsSame(second);
  }

  @Test
  void should_take_up_a_straggler_of_the_window_before() {
    window(START + MINUTE);
    var first = window(START);

    assertThat(display.shown("web-17", START + MINUTE + 10)).containsSame(first);
  }

  @Test
  void should_show_nothing_once_a_host_is_silent() {
    var first = window(START);

    assertThat(display.shown("web-17", START + 2 * MINUTE - 1)).containsSame(first);
    assertThat(display.shown("web-17", START + 2 * MINUTE)).isEmpty();
    assertThat(display.hosts()).isEmpty();
  }
}
