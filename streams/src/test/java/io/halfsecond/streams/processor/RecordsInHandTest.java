package io.halfsecond.streams.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.telemetry.InsaneRecordException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsInHandTest {
  private static final TopicPartition PARTITION = new TopicPartition("ssh.auth-timing", 7);
  private static final long TIME = 1_700_000_000_000L;

  @TempDir private Path directory;

  /// A process that is killed writes nothing more.
  private void dieAt(TopicPartition partition, long offset, long time) {
    RecordsInHand.open(directory).of(partition).take(offset, time);
  }

  @Test
  void should_pass_over_a_record_at_which_two_processes_have_died() {
    dieAt(PARTITION, 41, TIME);
    dieAt(PARTITION, 41, TIME);

    var hand = RecordsInHand.open(directory).of(PARTITION);

    assertThatThrownBy(() -> hand.take(41, TIME))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("ended 2 times")
        .extracting(e -> DeadLetterReason.of(e).orElseThrow())
        .isEqualTo(DeadLetterReason.FATAL);
    assertThatCode(() -> hand.take(42, TIME)).doesNotThrowAnyException();
    assertThatCode(
            () ->
                RecordsInHand.open(directory)
                    .of(new TopicPartition("ssh.auth-timing", 8))
                    .take(41, TIME))
        .doesNotThrowAnyException();
  }

  @Test
  void should_try_a_record_again_after_one_death() {
    dieAt(PARTITION, 0, TIME);

    assertThatCode(() -> RecordsInHand.open(directory).of(PARTITION).take(0, TIME))
        .doesNotThrowAnyException();
  }

  @Test
  void should_blame_no_record_that_was_handled() {
    for (int n = 0; n < 3; n++) {
      var hand = RecordsInHand.open(directory).of(PARTITION);
      hand.take(5, TIME);
      hand.put();
    }

    assertThatCode(() -> RecordsInHand.open(directory).of(PARTITION).take(5, TIME))
        .doesNotThrowAnyException();
  }

  @Test
  void should_know_a_topic_that_was_made_anew_by_the_time_of_its_record() {
    dieAt(PARTITION, 5, TIME);
    dieAt(PARTITION, 5, TIME);

    assertThatCode(() -> RecordsInHand.open(directory).of(PARTITION).take(5, TIME + 1))
        .doesNotThrowAnyException();
  }

  @Test
  void should_keep_what_several_threads_handle() {
    for (int n = 0; n < 2; n++) {
      var records = RecordsInHand.open(directory);
      for (int partition = 0; partition < 20; partition++) {
        records.of(new TopicPartition("ssh.probe", partition)).take(partition, TIME);
      }
    }

    var records = RecordsInHand.open(directory);
    for (int n = 0; n < 20; n++) {
      int partition = n;
      var hand = records.of(new TopicPartition("ssh.probe", partition));
      assertThatThrownBy(() -> hand.take(partition, TIME))
          .isInstanceOf(InsaneRecordException.class);
    }
  }

  @Test
  void should_count_what_ends_the_process_after_the_record_was_handled() {
    for (int n = 0; n < 2; n++) {
      var records = RecordsInHand.open(directory);
      var hand = records.of(PARTITION);
      hand.take(9, TIME);
      hand.put();
      records.blame(PARTITION, 9);
    }

    assertThatThrownBy(() -> RecordsInHand.open(directory).of(PARTITION).take(9, TIME))
        .isInstanceOf(InsaneRecordException.class);
  }

  @Test
  void should_keep_no_more_than_a_hundred_deaths() throws Exception {
    for (int n = 0; n < 150; n++) {
      RecordsInHand.open(directory).blame(PARTITION, n);
    }

    assertThat(Files.readAllLines(directory.resolve("records-in-hand.deaths"))).hasSize(100);
  }

  @Test
  void should_start_with_files_of_any_content() throws Exception {
    var random = new SplittableRandom(3);
    for (int n = 0; n < 50; n++) {
      var bytes = new byte[random.nextInt(2_000)];
      random.nextBytes(bytes);
      Files.write(directory.resolve("records-in-hand"), bytes);
      Files.write(directory.resolve("records-in-hand.deaths"), bytes);

      assertThatCode(() -> RecordsInHand.open(directory).close()).doesNotThrowAnyException();
    }
  }

  @Test
  void should_follow_no_link() throws Exception {
    var victim = Files.writeString(directory.resolve("victim"), "as it was");
    var state = Files.createDirectory(directory.resolve("state"));
    Files.createSymbolicLink(state.resolve("records-in-hand"), victim);

    assertThatThrownBy(() -> RecordsInHand.open(state))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("is a symbolic link");
    assertThat(victim).hasContent("as it was");
  }
}
