package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage.ConnectionFrom;
import io.halfsecond.collector.event.SshdMessage.SessionStarted;
import io.halfsecond.collector.event.SshdMessage.Unknown;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04.500Z");
  private static final long MONOTONIC = 1_000_000_000_000L;
  private static final String TIME = "Nov 21 10:14:03 host ";
  private static final String LAST =
      TIME + "sshd[9]: Starting session: command for alice from 192.0.2.7 port 5 id 0\n";

  private Path directory = Path.of("unset");
  private Path file = directory;

  @BeforeEach
  void place(@TempDir Path temporary) throws IOException {
    directory = temporary;
    file = temporary.resolve("auth.log");
    Files.writeString(file, "");
  }

  @Test
  void should_put_a_line_on_the_monotonic_clock_when_it_has_wall_time() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);

      // when
      append(
          TIME + "sshd[123]: Connection from 192.0.2.7 port 5 on 192.0.2.1 port 22 rdomain \"\"\n");

      // then: the line is from 1.5 s ago
      assertThat(sink.take(1))
          .containsExactly(
              new LogEvent(
                  MONOTONIC - 1_500_000_000L,
                  123,
                  new ConnectionFrom("192.0.2.7", 5),
                  Instant.parse("2026-11-21T10:14:03Z").toEpochMilli() * 1_000_000));
    }
  }

  @Test
  void should_say_how_far_it_has_read_when_nothing_is_logged() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source = source()) {
      // when
      source.start(sink);

      // then
      assertThat(sink.offeredUntil()).isIn(Long.MIN_VALUE, MONOTONIC);
      await().untilAsserted(() -> assertThat(sink.offeredUntil()).isEqualTo(MONOTONIC));
    }
  }

  @Test
  void should_account_for_every_line_when_the_file_holds_all_kinds() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);

      // when
      append(
          TIME
              + "CRON[5]: pam_unix(cron:session): session opened for user root\n"
              + TIME
              + "sshd[5]: something new\n"
              + TIME
              + "sshd[5]: debug1: Forked child 4711.\n"
              + TIME
              + "sshd: pam_unix(sshd:session): session closed for user alice\n"
              + "\u0000\u0001\n"
              + "9999-01-01T00:00:00Z host sshd[5]: x\n"
              + "x".repeat(9000)
              + "\n"
              + TIME
              + "systemd-journald[1]: Suppressed 12 messages from ssh.service\n"
              + TIME
              + "systemd-journald[1]: Suppressed 7 messages from cron.service\n"
              + LAST);
      var events = sink.take(2);

      // then
      assertThat(events)
          .extracting(LogEvent::message)
          .containsExactly(new Unknown(), new SessionStarted());
      var meter = source.meter();
      assertThat(meter.readCount()).isEqualTo(10);
      assertThat(meter.droppedCount(Reason.UNRELATED)).isEqualTo(3);
      assertThat(meter.droppedCount(Reason.IRRELEVANT)).isEqualTo(1);
      assertThat(meter.droppedCount(Reason.UNTRUSTED)).isEqualTo(1);
      assertThat(meter.droppedCount(Reason.MALFORMED)).isEqualTo(3);
      assertThat(meter.lostCount()).as("a file is not believed what others lost").isZero();
      assertThat(meter.inFlight()).isEqualTo(2);
    }
  }

  @Test
  void should_count_what_has_no_room_when_the_queue_is_full() throws Exception {
    // given
    var source = source();
    source.start(new Recording(false));
    append(LAST + LAST);

    // when
    source.close();

    // then
    assertThat(source.meter().droppedCount(Reason.QUEUE_FULL)).isEqualTo(2);
    assertThat(source.meter().inFlight()).isZero();
  }

  @Test
  void should_say_how_to_get_pids_when_the_file_was_written_by_sshd_itself() throws Exception {
    // given: OpenSSH 9.2p1, `sshd -E FILE`, with \r\n
    try (var source = source()) {
      source.start(new Recording(true));

      // when
      append(
          """
          Connection from 127.0.0.1 port 59842 on 127.0.0.1 port 2299 rdomain ""\r
          Invalid user nobody-here from 127.0.0.1 port 59842\r
          Connection closed by invalid user nobody-here 127.0.0.1 port 59842 [preauth]\r
          """);
      await().until(() -> source.meter().state().condition() == Condition.DEGRADED);

      // then
      assertThat(source.meter().state().detail())
          .contains(file.toString(), "without a pid", "syslog or journald");
      assertThat(source.meter().droppedCount(Reason.UNTRUSTED)).isEqualTo(3);
    }
  }

  @Test
  void should_read_what_was_written_meanwhile_when_run_again() throws Exception {
    // given
    var first = new Recording(true);
    try (var source = source()) {
      source.start(first);
      append(LAST);
      first.take(1);
    }

    // when
    append(LAST + LAST);
    var second = new Recording(true);
    try (var source = source()) {
      source.start(second);
      second.take(2);
    }

    // then
    assertThat(first.waiting()).isZero();
    assertThat(second.waiting()).isZero();
  }

  /// What was read shortly before a kill had perhaps not reached the spool.
  @Test
  void should_read_the_last_lines_again_when_it_was_killed() throws Exception {
    // given
    var clock = new AtomicLong(MONOTONIC);
    var state = Files.createDirectories(directory.resolve("state"));
    var killed = new Recording(true);
    try (var source = source(state, clock::get)) {
      source.start(killed);
      append(LAST);
      killed.take(1);
      var behindFirst = " %d ".formatted(LAST.length());
      await()
          .until(
              () -> {
                clock.addAndGet(Duration.ofSeconds(2).toNanos());
                return lines(state).contains(behindFirst);
              });
      append(LAST);
      killed.take(1);
      // Many polls, of which one may see that the clock has moved: it saves what it saw before.
      Thread.sleep(50);

      // when: it is killed now, so nothing more is saved
      var copy = Files.createDirectories(directory.resolve("copy"));
      for (var saved : files(state)) {
        Files.copy(saved, copy.resolve(saved.getFileName()));
      }
      var next = new Recording(true);
      try (var again = source(copy, clock::get)) {
        again.start(next);

        // then
        next.take(1);
      }
      assertThat(next.waiting()).isZero();
    }
  }

  /// As on a disk that is full or read-only.
  @Test
  void should_read_on_when_the_place_cannot_be_saved() throws Exception {
    // given
    var state = directory.resolve("state");
    var position = state.resolve("log-file.position");
    var clock = new AtomicLong(MONOTONIC);
    var sink = new Recording(true);
    try (var source = source(state, clock::get)) {
      source.start(sink);
      Files.delete(position);
      Files.createDirectories(position.resolve("in-the-way"));

      // when
      for (int n = 0; n < 3; n++) {
        append(LAST);
        sink.take(1);
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
      }

      // then: it also says how far it has read, which the others wait for
      await().until(() -> sink.offeredUntil() >= MONOTONIC + Duration.ofSeconds(4).toNanos());
      assertThat(source.meter().state().condition()).isEqualTo(Condition.DEGRADED);
      assertThat(source.meter().state().detail()).contains("cannot save how far", file.toString());
    }
  }

  @Test
  void should_not_start_from_a_place_that_somebody_else_wrote() throws Exception {
    var state = Files.createDirectory(directory.resolve("state"));
    var victim = Files.writeString(directory.resolve("victim"), "as it was");
    Files.createSymbolicLink(state.resolve("log-file.position"), victim);

    try (var source = source(state, () -> MONOTONIC)) {
      assertThatThrownBy(() -> source.start(new Recording(true)))
          .isInstanceOf(SourceUnavailableException.class)
          .hasMessageContaining("log-file.position is a symbolic link");
    }
    assertThat(victim).hasContent("as it was");
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static String lines(Path directory) throws IOException {
    var text = new StringBuilder();
    for (var file : files(directory)) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }

  @Test
  void should_hand_on_what_is_written_when_closed_at_once() throws Exception {
    // given
    var sink = new Recording(true);
    var source = source();
    source.start(sink);
    append(LAST);

    // when
    source.close();

    // then
    assertThat(sink.waiting()).isEqualTo(1);
    assertThat(source.meter().state().condition()).isEqualTo(Condition.STOPPED);
  }

  @Test
  void should_wait_for_the_file_when_it_does_not_exist_yet() throws Exception {
    // given
    Files.delete(file);
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);
      assertThat(source.meter().state().condition()).isEqualTo(Condition.DEGRADED);

      // when
      append(LAST);
      sink.take(1);
      await().until(() -> source.meter().state().condition() == Condition.RUNNING);

      // then
      assertThat(source.meter().readCount()).isEqualTo(1);
    }
  }

  @Test
  void should_name_what_is_missing_when_there_is_no_log() {
    // given
    var settings =
        new LogSettingsBuilder()
            .journalctl("/nowhere/journalctl")
            .usualFiles(List.of(directory.resolve("none.log")))
            .build();

    // when, then
    assertThatThrownBy(() -> LogSources.open(settings, directory, () -> NOW, () -> MONOTONIC))
        .isInstanceOf(SourceUnavailableException.class)
        .hasMessageContaining("/nowhere/journalctl")
        .hasMessageContaining("none.log does not exist");
  }

  @Test
  void should_take_a_usual_file_when_there_is_no_journal() throws Exception {
    // given
    var settings =
        new LogSettingsBuilder()
            .journalDirectories(List.of(directory.resolve("none")))
            .usualFiles(List.of(directory.resolve("none.log"), file))
            .poll(Duration.ofMillis(1))
            .zone(ZoneOffset.UTC)
            .build();
    var sink = new Recording(true);
    try (var source =
        LogSources.open(settings, directory.resolve("state"), () -> NOW, () -> MONOTONIC)) {
      source.start(sink);

      // when
      append(LAST);

      // then
      assertThat(sink.take(1)).extracting(LogEvent::pid).containsExactly(9);
    }
  }

  private Source source() throws SourceUnavailableException {
    return source(directory.resolve("state"), () -> MONOTONIC);
  }

  private Source source(Path state, LongSupplier clock) throws SourceUnavailableException {
    var settings =
        new LogSettingsBuilder().file(file).poll(Duration.ofMillis(1)).zone(ZoneOffset.UTC).build();
    return LogSources.open(settings, state, () -> NOW, clock);
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
