package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.Waiting.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitLogTest {
  private final List<String> said = new ArrayList<>();
  private long nanos;
  private final WaitLog log = new WaitLog(() -> nanos, said::add);

  @Test
  void should_say_once_what_it_waits_for_then_once_a_minute_and_that_it_goes_on() {
    pass(130, broker());
    pass(1);

    assertThat(said)
        .containsExactly(
            "waiting for 3 s: no answer from Kafka",
            "waiting for 63 s: no answer from Kafka",
            "waiting for 123 s: no answer from Kafka",
            "goes on, after 130 s");
  }

  @Test
  void should_say_nothing_of_a_moment() {
    pass(2, broker());
    pass(10);

    assertThat(said).isEmpty();
  }

  @Test
  void should_say_at_once_when_it_waits_for_something_else() {
    pass(10, broker());
    pass(10, new Waiting(Reason.TOPICS, "ssh.probe is missing"));

    assertThat(said)
        .containsExactly(
            "waiting for 3 s: no answer from Kafka", "waiting for 10 s: ssh.probe is missing");
  }

  private static Waiting broker() {
    return new Waiting(Reason.BROKER, "no answer from Kafka");
  }

  private void pass(int seconds, Waiting... waiting) {
    for (int n = 0; n < seconds; n++) {
      log.look(List.of(waiting));
      nanos += Duration.ofSeconds(1).toNanos();
    }
  }
}
