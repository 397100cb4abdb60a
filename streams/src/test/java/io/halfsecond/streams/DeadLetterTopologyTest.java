package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records that go to the dead-letter topic.
class DeadLetterTopologyTest {
  @TempDir private Path stateDirectory;

  @Test
  void should_dead_letter_unreadable_bytes_with_their_origin_and_continue() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      byte[] garbage = "not Avro".getBytes(UTF_8);
      harness.send(auth(1, START));

      // when
      harness.sendBytes(garbage);
      harness.send(auth(2, START));

      // then
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.value()).isEqualTo(garbage);
                assertThat(letter.key()).isEqualTo(HOST.getBytes(UTF_8));
                assertThat(header(letter.headers(), "topic")).isEqualTo("ssh.auth-timing");
                assertThat(header(letter.headers(), "partition")).isEqualTo("0");
                assertThat(header(letter.headers(), "offset")).isEqualTo("1");
                assertThat(header(letter.headers(), "exception"))
                    .contains("SerializationException");
                assertThat(header(letter.headers(), "message")).contains("AuthTiming");
              });
      assertThat(harness.scraped("halfsecond_dead_letters_total")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(2);
    }
  }

  @Test
  void should_dead_letter_every_prefix_of_a_record() {
    try (var harness = new Harness(stateDirectory)) {
      byte[] whole =
          Harness.TOPICS
              .authTiming()
              .valueSerde()
              .serializer()
              .serialize("", auth(1, START).build());

      for (int length = 0; length < whole.length; length++) {
        harness.sendBytes(Arrays.copyOf(whole, length));
      }

      assertThat(harness.deadLetters()).hasSize(whole.length);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
    }
  }

  @Test
  void should_dead_letter_a_record_whose_key_is_another_host() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send("web-18", auth(1, START).build());
      harness.send(auth(2, START));

      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.key()).isEqualTo("web-18".getBytes(UTF_8));
                assertThat(header(letter.headers(), "message")).contains("key is not the host");
                assertThat(header(letter.headers(), "topic")).isEqualTo("ssh.auth-timing");
              });
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
    }
  }

  @Test
  void should_dead_letter_records_out_of_time_bounds_without_making_others_late() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      harness.sendFromAnotherTime(auth(1, START.plus(Duration.ofDays(365))).build());
      harness.sendFromAnotherTime(auth(2, START.minus(Duration.ofDays(365))).build());
      harness.send(auth(3, START));

      // then
      assertThat(harness.deadLetters())
          .hasSize(2)
          .allSatisfy(
              letter -> {
                assertThat(header(letter.headers(), "message")).contains("out of bounds");
                assertThat(letter.getRecordTime()).isEqualTo(START);
              });
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
      assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"late\"}")).isZero();
    }
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader("__streams.errors." + name).value(), UTF_8);
  }
}
