package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTailTest {
  private Path file = Path.of("unset");
  private final List<String> seen = new ArrayList<>();
  private final List<String> tooLong = new ArrayList<>();
  private int gaps;

  @BeforeEach
  void place(@TempDir Path directory) {
    file = directory.resolve("auth.log");
  }

  @Test
  void should_begin_at_the_end_when_run_for_the_first_time() throws IOException {
    // given
    append("old\n");
    try (var tail = tail()) {
      drain(tail);

      // when
      append("new\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("new");
      assertThat(gaps).isZero();
    }
  }

  @Test
  void should_skip_the_rest_of_a_line_when_beginning_in_the_middle_of_it() throws IOException {
    // given
    append("begun before");
    try (var tail = tail()) {
      drain(tail);

      // when
      append(" ended after\nnew\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("new");
    }
  }

  @Test
  void should_wait_for_the_end_of_a_line_when_it_is_written_in_parts() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("Invalid user x from 1.2.3.4");
      drain(tail);
      assertThat(seen).isEmpty();

      // when
      append(" from 192.0.2.66 port 6666\r\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("Invalid user x from 1.2.3.4 from 192.0.2.66 port 6666");
    }
  }

  @Test
  void should_read_a_file_from_its_start_when_it_appears_later() throws IOException {
    try (var tail = tail()) {
      // given
      assertThat(tail.step()).isFalse();
      assertThat(tail.isOpen()).isFalse();

      // when
      append("first\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("first");
    }
  }

  @Test
  void should_lose_nothing_when_the_file_is_renamed_and_the_daemon_still_writes_to_the_old_one()
      throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("1\n");
      drain(tail);

      // when
      rotate();
      append("");
      drain(tail);
      Files.writeString(sibling("auth.log.1"), "2\n", StandardOpenOption.APPEND);
      drain(tail);
      Files.writeString(sibling("auth.log.1"), "3\n", StandardOpenOption.APPEND);
      append("4\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("1", "2", "3", "4");
    }
  }

  @Test
  void should_go_on_when_the_file_is_deleted_and_made_again() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("1\n");
      Files.delete(file);
      drain(tail);

      // when
      append("2\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("1", "2");
    }
  }

  @Test
  void should_start_over_and_tell_it_when_the_file_is_truncated_in_place() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("a long first line\n");
      drain(tail);

      // when
      truncate();
      append("2\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("a long first line", "2");
      assertThat(gaps).isEqualTo(1);
    }
  }

  @Test
  void should_start_over_when_a_truncated_file_has_grown_longer_than_before() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("Nov 21 10:00:00 one\n");
      drain(tail);

      // when
      truncate();
      append("Nov 21 11:00:00 two\nNov 21 11:00:00 three\n");
      drain(tail);

      // then
      assertThat(seen)
          .containsExactly("Nov 21 10:00:00 one", "Nov 21 11:00:00 two", "Nov 21 11:00:00 three");
    }
  }

  @Test
  void should_tell_of_a_gap_when_text_comes_and_goes_between_two_reads() throws IOException {
    // given
    append("1\n");
    try (var tail = tail()) {
      drain(tail);

      // when: it is copied and truncated to what it was, or empty
      append("2\n");
      truncateTo("1\n".length());
      drain(tail);
      truncate();
      drain(tail);
      append("3\n");
      truncate();
      drain(tail);
      drain(tail);

      // then
      assertThat(seen).isEmpty();
      assertThat(gaps).isEqualTo(3);
    }
  }

  @Test
  void should_tell_of_a_gap_when_a_file_may_have_been_rotated_twice_between_two_reads()
      throws IOException {
    // given
    append("1\n");
    try (var tail = tail()) {
      drain(tail);

      // when
      rotate();
      append("2\n");
      rotate();
      append("3\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("3");
      assertThat(gaps).isEqualTo(1);
    }
  }

  @Test
  void should_give_up_a_line_without_end_when_the_file_is_rotated() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);
      append("Invalid user x from 1.2.3.4 port 22");
      drain(tail);

      // when
      rotate();
      append("2\n");
      drain(tail);

      // then
      assertThat(seen).containsExactly("2");
    }
  }

  @Test
  void should_go_on_where_it_stopped_when_run_again() throws IOException {
    // given
    append("");
    Optional<TailPosition> position;
    try (var tail = tail()) {
      drain(tail);
      append("1\n2\nbeg");
      drain(tail);
      position = tail.position();
    }

    // when
    append("un\n3\n");
    try (var tail = tail(again(position))) {
      drain(tail);
    }

    // then
    assertThat(seen).containsExactly("1", "2", "begun", "3");
  }

  @Test
  void should_finish_the_old_file_when_it_was_rotated_while_down() throws IOException {
    // given
    append("");
    Optional<TailPosition> position;
    try (var tail = tail()) {
      drain(tail);
      append("1\n");
      drain(tail);
      position = tail.position();
    }

    // when
    append("2\n");
    rotate();
    append("3\n");
    try (var tail = tail(again(position))) {
      drain(tail);
    }

    // then
    assertThat(seen).containsExactly("1", "2", "3");
  }

  @Test
  void should_read_the_new_file_from_its_start_when_the_old_one_is_gone() throws IOException {
    // given
    append("");
    Optional<TailPosition> position;
    try (var tail = tail()) {
      drain(tail);
      append("a first line that is rather long\n");
      drain(tail);
      position = tail.position();
    }

    // when
    truncate();
    append("2\n");
    try (var tail = tail(again(position))) {
      drain(tail);
    }

    // then
    assertThat(seen).containsExactly("a first line that is rather long", "2");
  }

  @Test
  void should_ignore_a_position_when_it_is_of_another_file() throws IOException {
    // given
    append("old\n");
    var other = new TailPosition(sibling("secure"), "1:2", 0, 0, Sha256.hex(new byte[0]));

    // when
    try (var tail = tail(Optional.of(other))) {
      drain(tail);
    }

    // then
    assertThat(seen).isEmpty();
  }

  @Test
  void should_drop_a_line_when_it_is_longer_than_8_KiB_and_read_the_next() throws IOException {
    // given
    append("");
    try (var tail = tail()) {
      drain(tail);

      // when
      append("x".repeat(8192) + "\n" + "y".repeat(8193) + "\n" + "z".repeat(200_000) + "\nnext\n");
      drain(tail);
    }

    // then
    assertThat(seen).containsExactly("x".repeat(8192), "next");
    assertThat(tooLong).hasSize(2);
  }

  @Test
  void should_hand_on_each_line_once_when_written_rotated_and_restarted_at_random()
      throws IOException {
    // given
    var random = new Random(3);
    append("");
    var tail = tail();
    drain(tail);
    var written = new ArrayList<String>();
    var unread = new StringBuilder();

    // when
    for (int i = 0; i < 3_000; i++) {
      switch (random.nextInt(12)) {
        case 0 -> {
          // Two rotations between two looks would leave a file in the middle that nobody knows of.
          written.add("before " + i);
          append(unread + "before " + i + "\n");
          unread.setLength(0);
          drain(tail);
          written.add("last " + i);
          append("last " + i + "\n");
          rotate();
          append("");
        }
        case 1 -> {
          var position = again(tail.position());
          tail.close();
          tail = tail(position);
        }
        case 2, 3, 4 -> tail.step();
        case 5 -> {
          int part = random.nextInt(unread.length() + 1);
          append(unread.substring(0, part));
          unread.delete(0, part);
        }
        default -> {
          var line = "line " + i;
          written.add(line);
          unread.append(line).append('\n');
        }
      }
    }
    append(unread.toString());
    drain(tail);
    tail.close();

    // then
    assertThat(seen).isEqualTo(written);
  }

  private static Optional<TailPosition> again(Optional<TailPosition> position) {
    return position.map(TailPosition::toText).flatMap(TailPosition::fromText);
  }

  private FileTail tail() {
    return tail(Optional.empty());
  }

  private FileTail tail(Optional<TailPosition> position) {
    return new FileTail(
        file,
        position,
        line -> seen.add(new String(line, StandardCharsets.UTF_8)),
        () -> tooLong.add(""),
        () -> gaps++);
  }

  private static void drain(FileTail tail) throws IOException {
    while (tail.step()) {
      // Until there is nothing left.
    }
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void truncate() throws IOException {
    Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void truncateTo(long size) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private void rotate() throws IOException {
    Files.move(file, sibling("auth.log.1"), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path sibling(String name) {
    return file.resolveSibling(name);
  }
}
