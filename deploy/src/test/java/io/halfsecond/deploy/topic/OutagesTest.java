package io.halfsecond.deploy.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutagesTest {
  private final List<String> told = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private boolean reachable = true;
  private int asked;

  private final Outages outages =
      new Outages(
          () -> now,
          () -> {
            asked++;
            return reachable;
          },
          (_, message) -> told.add(message));

  @Test
  void should_tell_once_that_the_brokers_are_away_and_once_that_they_are_back() {
    reachable = false;
    quiet(10);
    assertThat(told).containsExactly("Kafka is out of reach; this goes on when it is back");

    reachable = true;
    quiet(10);
    assertThat(told).hasSize(2).last().isEqualTo("Kafka is back; nothing was missed");

    reachable = false;
    quiet(1);
    assertThat(told).hasSize(3);
  }

  @Test
  void should_take_a_record_for_an_answer() {
    reachable = false;
    quiet(2);

    outages.after(true);

    assertThat(told).hasSize(2).last().isEqualTo("Kafka is back; nothing was missed");
  }

  @Test
  void should_ask_only_when_nothing_has_come_for_a_while() {
    outages.after(false);
    now = now.plus(Outages.QUIET);
    outages.after(true);
    outages.after(false);
    assertThat(asked).isZero();

    quiet(3);
    assertThat(asked).isEqualTo(3);
    assertThat(told).isEmpty();
  }

  private void quiet(int times) {
    for (int i = 0; i < times; i++) {
      now = now.plus(Outages.QUIET);
      outages.after(false);
    }
  }
}
