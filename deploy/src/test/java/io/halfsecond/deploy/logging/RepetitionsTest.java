package io.halfsecond.deploy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepetitionsTest {
  private static final String CLIENT = "org.apache.kafka.clients.NetworkClient";

  private final Repetitions repetitions = new Repetitions();

  @Test
  void should_tell_the_first_of_lines_that_differ_in_numbers_and_count_the_others() {
    assertThat(repetitions.isNew(CLIENT, "Connection to node -1 (kafka/10.0.0.1:9092) failed", 0))
        .isTrue();
    assertThat(repetitions.isNew(CLIENT, "Connection to node 2 (kafka/10.0.0.3:9092) failed", 500))
        .isFalse();
    assertThat(repetitions.isNew(CLIENT, "Connection to node 1 (kafka/10.0.0.2:9092) failed", 900))
        .isFalse();

    assertThat(repetitions.due(59_999)).isEmpty();
    assertThat(repetitions.due(60_000))
        .containsExactly(
            new Repetitions.Untold(CLIENT, "Connection to node 1 (kafka/10.0.0.2:9092) failed", 2));
    assertThat(
            repetitions.isNew(CLIENT, "Connection to node 1 (kafka/10.0.0.2:9092) failed", 60_001))
        .isTrue();
  }

  @Test
  void should_lose_no_other_line() {
    assertThat(repetitions.isNew(CLIENT, "{ssh.probe=UNKNOWN_TOPIC_OR_PARTITION}", 0)).isTrue();
    assertThat(repetitions.isNew(CLIENT, "{ssh.alerts=UNKNOWN_TOPIC_OR_PARTITION}", 1)).isTrue();
    assertThat(repetitions.isNew("other", "{ssh.probe=UNKNOWN_TOPIC_OR_PARTITION}", 2)).isTrue();
  }

  @Test
  void should_tell_each_line_where_there_are_too_many_kinds() {
    for (char kind = 'a'; kind < 'a' + 1_000; kind++) {
      assertThat(repetitions.isNew(CLIENT, "unknown topic " + kind, 0)).isTrue();
    }
    assertThat(repetitions.isNew(CLIENT, "unknown topic " + (char) ('a' + 999), 1)).isTrue();
    assertThat(repetitions.isNew(CLIENT, "unknown topic a", 1)).isFalse();
  }

  @Test
  void should_say_nothing_of_a_line_that_came_once() {
    repetitions.isNew(CLIENT, "once", 0);

    assertThat(repetitions.due(60_000)).isEmpty();
  }
}
