package io.halfsecond.deploy.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeTest {
  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

  @ParameterizedTest
  @ValueSource(ints = {200, 202, 204})
  void should_be_delivered(int status) {
    assertThat(Outcome.of(status, Optional.empty(), NOON)).isEqualTo(new Outcome.Delivered());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void should_be_given_up_when_the_content_is_refused(int status) {
    assertThat(Outcome.of(status, Optional.empty(), NOON))
        .isEqualTo(new Outcome.GivenUp("HTTP status " + status));
  }

  /// Also what a person has to mend: nothing is lost until then.
  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 404, 408, 410, 429, 500, 503})
  void should_be_tried_again_otherwise(int status) {
    assertThat(Outcome.of(status, Optional.empty(), NOON))
        .isEqualTo(new Outcome.Failed("HTTP status " + status, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "120, PT2M",
    "0, PT0S",
    "86400, PT1H",
    "'Sun, 29 Mar 2026 12:00:30 GMT', PT30S",
    "'Sun, 29 Mar 2026 11:00:00 GMT',",
    "-5,",
    "soon,"
  })
  void should_wait_as_long_as_the_receiver_asks_for(String header, Duration pause) {
    assertThat(Outcome.of(503, Optional.of(header), NOON))
        .isEqualTo(new Outcome.Failed("HTTP status 503", Optional.ofNullable(pause)));
  }

  @Test
  void should_wait_twice_as_long_each_time_and_not_for_ever() {
    assertThat(IntStream.of(1, 2, 3, 8, 9, 10, 1_000).mapToObj(Outcome::pause))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 128L, 256L, 300L, 300L);
  }
}
