package io.halfsecond.streams.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.telemetry.UnbrokenReading.Progress;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnbrokenReadingTest {
  private static final long TICK = 15_000;

  private final UnbrokenReading reading = new UnbrokenReading();

  private OptionalLong look(long atMillis, double fetches, double behind) {
    return reading.look(atMillis, Optional.of(new Progress(fetches, behind)));
  }

  @BeforeEach
  void read() {
    assertThat(look(0, 7, Double.NaN)).as("nothing to compare with").isEmpty();
    assertThat(look(TICK, 8, Double.NaN)).hasValue(TICK);
  }

  @Test
  void should_stay_unbroken_while_fetches_are_answered_whether_or_not_records_come() {
    assertThat(look(2 * TICK, 9, 3)).hasValue(TICK);
    assertThat(look(4 * TICK, 10, Double.NaN)).hasValue(TICK);
  }

  @Test
  void should_begin_anew_after_no_fetch_was_answered() {
    assertThat(look(2 * TICK, 8, Double.NaN)).isEmpty();
    assertThat(look(3 * TICK, 8, Double.NaN)).isEmpty();
    assertThat(look(4 * TICK, 9, Double.NaN)).hasValue(4 * TICK);
    assertThat(look(5 * TICK, 10, Double.NaN)).hasValue(4 * TICK);
  }

  @Test
  void should_not_count_while_there_is_a_backlog() {
    assertThat(look(2 * TICK, 9, 1_001)).isEmpty();
    assertThat(look(3 * TICK, 10, 1_000)).hasValue(3 * TICK);
  }

  @Test
  void should_begin_anew_when_the_process_was_stopped_or_its_clock_has_jumped() {
    assertThat(look(TICK + 30_001, 9, 0)).isEmpty();
    assertThat(look(3_600_000, 10, 0)).isEmpty();
    assertThat(look(3_600_000 + TICK, 11, 0)).hasValue(3_600_000 + TICK);
    assertThat(look(TICK, 12, 0)).as("set back").isEmpty();
    assertThat(look(2 * TICK, 13, 0)).hasValue(2 * TICK);
  }

  @Test
  void should_not_count_while_the_consumer_is_not_known_or_is_another_one() {
    assertThat(reading.look(2 * TICK, Optional.empty())).isEmpty();
    assertThat(look(3 * TICK, 1, 0)).isEmpty();
    assertThat(look(4 * TICK, 2, 0)).hasValue(4 * TICK);
    assertThat(look(5 * TICK, 0, 0)).as("counts from 0 again").isEmpty();
  }
}
