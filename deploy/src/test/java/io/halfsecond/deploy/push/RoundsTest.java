package io.halfsecond.deploy.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");
  private static final Page FIRST = page("1");
  private static final Page SECOND = page("2");

  private final Rounds rounds = new Rounds(Duration.ofMinutes(1));

  @Test
  void should_send_all_that_is_open_each_time_with_an_end_if_nothing_follows() {
    assertThat(round(0, FIRST, SECOND)).containsExactlyInAnyOrder("1 until 12:04", "2 until 12:04");
    assertThat(round(1, FIRST, SECOND)).containsExactlyInAnyOrder("1 until 12:05", "2 until 12:05");
    assertThat(rounds.next(NOON, List.of(FIRST)).get(0).toString())
        .contains(
            "\"labels\":{\"id\":\"1\"}",
            "\"annotations\":{\"summary\":\"slower\"}",
            "\"startsAt\":\"2026-03-29T11:59:00Z\"");
  }

  @Test
  void should_repeat_the_end_for_a_quarter_of_an_hour_and_then_forget_it() {
    round(0, FIRST, SECOND);

    assertThat(round(1, SECOND)).containsExactlyInAnyOrder("1 until 12:01", "2 until 12:05");
    assertThat(round(16, SECOND)).containsExactlyInAnyOrder("1 until 12:01", "2 until 12:20");
    assertThat(round(17, SECOND)).containsExactly("2 until 12:21");
  }

  @Test
  void should_take_back_the_end_of_what_is_open_again() {
    round(0, FIRST);
    round(1);

    assertThat(round(2, FIRST)).containsExactly("1 until 12:06");
    assertThat(round(3)).containsExactly("1 until 12:03");
  }

  @Test
  void should_send_nothing_while_nothing_was_open() {
    assertThat(round(0)).isEmpty();
  }

  private List<String> round(int minute, Page... open) {
    return rounds
        .next(NOON.plusSeconds(60L * minute), List.of(open))
        .valueStream()
        .map(RoundsTest::described)
        .toList();
  }

  private static String described(JsonNode alert) {
    return "%s until %s"
        .formatted(
            alert.path("labels").path("id").asText(),
            alert.path("endsAt").asText().substring(11, 16));
  }

  private static Page page(String id) {
    return new Page(Map.of("id", id), Map.of("summary", "slower"), NOON.minusSeconds(60));
  }
}
