package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
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
                assertThat(own(letter.headers(), "reason")).isEqualTo("unreadable");
                assertThat(own(letter.headers(), "value.length")).isEqualTo("8");
                assertThat(own(letter.headers(), "value.sha256"))
                    .isEqualTo("21674f593a27b0e338fd557bb060d60211591fa35440c558418a04ab84e59adc");
              });
      assertThat(letters(harness, "unreadable")).isEqualTo(1);
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
  void should_keep_no_more_hosts_than_allowed_and_judge_on_those_it_knows() {
    try (var harness = Harness.keeping(stateDirectory, 3, OptionalInt.empty())) {
      // given
      for (int n = 0; n < 100; n++) {
        harness.send("invented-" + n, auth(n, START).setHost("invented-" + n).build());
      }

      // when
      harness.send("invented-1", auth(200, START).setHost("invented-1").build());

      // then
      assertThat(harness.deadLetters())
          .hasSize(97)
          .allSatisfy(
              letter -> assertThat(own(letter.headers(), "reason")).isEqualTo("too-many-hosts"));
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(3);
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(4);
    }
  }

  @Test
  void should_take_on_no_more_hosts_in_an_hour_than_allowed() {
    try (var harness = Harness.keeping(stateDirectory, 100, OptionalInt.of(2))) {
      for (int n = 0; n < 5; n++) {
        harness.send("invented-" + n, auth(n, START).setHost("invented-" + n).build());
      }
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(2);
      assertThat(harness.deadLetters())
          .hasSize(3)
          .allSatisfy(
              letter -> {
                assertThat(own(letter.headers(), "reason")).isEqualTo("too-many-hosts");
                assertThat(header(letter.headers(), "message"))
                    .contains("2 new ones were taken on within an hour");
              });

      // when an hour has passed
      harness.pass(Duration.ofHours(1));
      harness.send("web-18", auth(9, START).setHost("web-18").build());

      // then
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(3);
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

  @Test
  void should_name_a_host_whose_clock_is_too_wrong_until_it_is_right() {
    try (var harness = new Harness(stateDirectory)) {
      var clock = "halfsecond_host_clock_wrong_seconds{host=\"" + HOST + "\"}";
      harness.send(heartbeat(1, START));
      assertThat(harness.scraped(clock)).isNaN();

      // when
      harness.sendFromAnotherTime(heartbeat(2, START.minus(Duration.ofDays(40))).build());

      // then
      assertThat(harness.scraped(clock)).isEqualTo(-40.0 * 24 * 60 * 60);
      assertThat(letters(harness, "wrong-time")).isEqualTo(1);

      // when
      harness.send(heartbeat(3, START));

      // then
      assertThat(harness.scraped(clock)).isNaN();
    }
  }

  @Test
  void should_count_dead_letters_by_reason() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      harness.sendBytes(null);
      harness.sendBytes(new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9});
      harness.send("web-18", auth(1, START).build());
      harness.sendFromAnotherTime(auth(2, START.plus(Duration.ofDays(365))).build());
      harness.send(auth(3, START).setStartupNanos(-1L));
      harness.send(auth(4, START));

      // then
      assertThat(List.of("no-value", "unknown-schema", "wrong-key", "wrong-time", "insane"))
          .allSatisfy(reason -> assertThat(letters(harness, reason)).isEqualTo(1));
      assertThat(letters(harness, "unreadable")).isZero();
      assertThat(harness.deadLetters())
          .extracting(letter -> own(letter.headers(), "reason"))
          .containsExactly("no-value", "unknown-schema", "wrong-key", "wrong-time", "insane");
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isEqualTo(1);
    }
  }

  @Test
  void should_bound_a_dead_letter_of_a_record_of_any_size() throws Exception {
    try (var harness = new Harness(stateDirectory)) {
      // given
      byte[] value = "x".repeat(1_000_000).getBytes(UTF_8);
      var record = new TestRecord<>("k".repeat(500_000).getBytes(UTF_8), value, START);
      record.headers().add("small", new byte[10]);
      record.headers().add("large", new byte[200_000]);
      for (int n = 0; n < 1_000; n++) {
        record.headers().add("many-" + n, new byte[100]);
      }

      // when
      harness.sendRecord(record);

      // then
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.value()).hasSize(64 << 10).startsWith("xxx".getBytes(UTF_8));
                assertThat(letter.key()).hasSize(1 << 10);
                assertThat(own(letter.headers(), "value.length")).isEqualTo("1000000");
                assertThat(own(letter.headers(), "value.sha256"))
                    .isEqualTo(
                        HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
                assertThat(letter.headers().lastHeader("small")).isNotNull();
                assertThat(letter.headers().lastHeader("large")).isNull();
                assertThat(size(letter)).isLessThan(128 << 10);
              });
    }
  }

  private static int size(TestRecord<byte[], byte[]> letter) {
    int size = letter.key().length + letter.value().length;
    for (var header : letter.headers()) {
      size += header.key().length() + header.value().length;
    }
    return size;
  }

  private static double letters(Harness harness, String reason) {
    return harness.scraped("halfsecond_dead_letters_total{reason=\"%s\"}".formatted(reason));
  }

  private static String own(Headers headers, String name) {
    return new String(headers.lastHeader("halfsecond." + name).value(), UTF_8);
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader("__streams.errors." + name).value(), UTF_8);
  }
}
