package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage.ConnectionFrom;
import io.halfsecond.collector.event.SshdMessage.UserChild;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plumbing against a script that prints entries as journalctl 252 printed them; JournalSourceIT
/// has the real one.
class JournalSourceTest {
  private static final String BOOT = bootId();
  private static final String CONNECTION =
      "Connection from 127.0.0.1 port 5 on 127.0.0.1 port 22 rdomain \\\"\\\"";

  private Path directory = Path.of("unset");

  @BeforeEach
  void place(@TempDir Path temporary) throws IOException {
    directory = temporary;
    Files.createDirectories(directory.resolve("journal"));
    Files.writeString(directory.resolve("journal/system.journal"), "");
  }

  @Test
  void should_use_journald_s_own_pid_and_time_when_it_has_an_entry() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source =
        source(
            journalctl("", "", follow(entry("2", BOOT, "100", CONNECTION)) + "exec cat <&3\n"))) {
      // when
      source.start(sink);

      // then
      assertThat(sink.take(1))
          .containsExactly(new LogEvent(5_002_000_000L, 100, new ConnectionFrom("127.0.0.1", 5)));
      assertThat(source.meter().state().condition()).isEqualTo(Condition.RUNNING);
    }
  }

  @Test
  void should_say_how_far_it_has_read_when_journalctl_waits() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source = source(journalctl("", "", follow("") + "exec cat <&3\n"))) {
      // when
      source.start(sink);

      // then
      assertThat(sink.offeredUntil()).isNotEqualTo(Long.MAX_VALUE);
      await().untilAsserted(() -> assertThat(sink.offeredUntil()).isNotEqualTo(Long.MIN_VALUE));
    }
  }

  @Test
  void should_account_for_every_entry_when_there_are_all_kinds() throws Exception {
    // given
    var entries =
        follow(
            entry("2", "ffffffffffffffffffffffffffffffff", "100", CONNECTION)
                + entry("3", BOOT, "100", "debug1: x")
                + entry("4", BOOT, "", "x")
                + "nonsense\n"
                + entry("6", BOOT, "100", CONNECTION).replace("\"" + CONNECTION + "\"", "null")
                + entry("7", BOOT, "1", "Suppressed 12 messages from ssh.service")
                    .replace(
                        "{",
                        "{\"_TRANSPORT\":\"driver\","
                            + "\"MESSAGE_ID\":\"a596d6fe7bfa4994828e72309e95d61e\",")
                + entry("8", BOOT, "100", CONNECTION)
                    .replace("\"_UID\":\"0\"", "\"_UID\":\"2147483646\"")
                + entry("9", BOOT, "100", CONNECTION).replace("\"_UID\":\"0\",", "")
                + entry("10", BOOT, "100", "User child is on pid 101"));
    var sink = new Recording(true);
    try (var source = source(journalctl("", "", entries + "exec cat <&3\n"))) {
      // when
      source.start(sink);
      var events = sink.take(1);

      // then
      assertThat(events).extracting(LogEvent::message).containsExactly(new UserChild(101));
      var meter = source.meter();
      assertThat(meter.readCount()).isEqualTo(9);
      assertThat(meter.droppedCount(Reason.IRRELEVANT)).isEqualTo(2);
      assertThat(meter.droppedCount(Reason.UNTRUSTED)).isEqualTo(3);
      assertThat(meter.droppedCount(Reason.MALFORMED)).isEqualTo(2);
      assertThat(meter.droppedCount(Reason.UNRELATED)).isEqualTo(1);
      assertThat(meter.lostCount()).isEqualTo(12);
      assertThat(meter.inFlight()).isEqualTo(1);
    }
  }

  @Test
  void should_start_it_again_from_the_last_cursor_when_it_dies() throws Exception {
    // given: each run prints one entry, whose cursor is the run's number
    var script =
        "n=$(($(cat "
            + directory
            + "/runs 2>/dev/null || echo 0) + 1)); echo $n > "
            + directory
            + "/runs\n"
            + "echo \"$@\" >> "
            + directory
            + "/arguments\n"
            + "printf '"
            + entry("$n", BOOT, "100", "User child is on pid $n")
                .replace("\n", "\\n")
                .replace("$n", "%s")
            + "' $n $n $n\n"
            + "echo 'the journal went away' >&2\nexit 1\n";
    var sink = new Recording(true);
    try (var source = source(journalctl("", "", script))) {
      // when
      source.start(sink);
      sink.take(3);
    }

    // then
    assertThat(Files.readAllLines(directory.resolve("arguments")).subList(0, 3))
        .satisfiesExactly(
            first -> assertThat(first).doesNotContain("--after-cursor"),
            second -> assertThat(second).contains("--after-cursor=c1 "),
            third -> assertThat(third).contains("--after-cursor=c2 "));
  }

  @Test
  void should_say_why_when_it_has_died_and_waits() throws Exception {
    // given
    var dying = "echo 'the journal went away' >&2\nexit 7\n";
    try (var source = source(journalctl("", "", dying), Duration.ofHours(1))) {
      // when
      source.start(new Recording(true));
      await().until(() -> source.meter().state().condition() == Condition.DEGRADED);

      // then
      assertThat(source.meter().state().detail())
          .contains("status 7", "the journal went away", "starts again in 3600000 ms");
    }
  }

  @Test
  void should_not_be_running_again_only_because_it_was_started_again() throws Exception {
    // given
    var dying = "echo >> " + directory + "/runs\nexit 7\n";
    try (var source = source(journalctl("", "", dying))) {
      // when
      source.start(new Recording(true));
      await().until(() -> source.meter().state().condition() == Condition.DEGRADED);

      // then
      var runs = directory.resolve("runs");
      int before = Files.readAllLines(runs).size();
      while (Files.readAllLines(runs).size() < before + 3) {
        assertThat(source.meter().state().condition()).isEqualTo(Condition.DEGRADED);
      }
    }
  }

  @Test
  void should_be_running_again_when_journalctl_stays_though_it_prints_nothing() throws Exception {
    // given: a clock that goes fast, and a journalctl that fails once
    var clock = new AtomicLong();
    var once = "[ -e " + directory + "/failed ] || { touch " + directory + "/failed; exit 7; }\n";
    try (var source =
        source(
            journalctl("", "", once + follow("") + "exec cat <&3\n"),
            Duration.ofMillis(1),
            () -> clock.addAndGet(1_000_000_000L))) {
      // when
      source.start(new Recording(true));
      await().until(() -> Files.exists(directory.resolve("failed")));

      // then
      await()
          .untilAsserted(
              () -> assertThat(source.meter().state().condition()).isEqualTo(Condition.RUNNING));
    }
  }

  @Test
  void should_go_on_after_the_saved_cursor_when_run_again() throws Exception {
    // given
    var sink = new Recording(true);
    try (var source =
        source(
            journalctl("", "", follow(entry("2", BOOT, "100", CONNECTION)) + "exec cat <&3\n"))) {
      source.start(sink);
      sink.take(1);
    }
    var arguments = "echo \"$@\" > " + directory + "/arguments\n";

    // when
    try (var source =
        source(
            journalctl(
                "exit 9\n",
                arguments,
                follow(entry("3", BOOT, "100", CONNECTION)) + "exec cat <&3\n"))) {
      source.start(sink);
      sink.take(1);
    }

    // then
    assertThat(Files.readString(directory.resolve("arguments"))).contains("--after-cursor=c2 ");
    assertThat(Files.readString(directory.resolve("state/log-journal.cursor"))).isEqualTo("c3\n");
  }

  @Test
  void should_begin_after_the_newest_entry_when_run_for_the_first_time() throws Exception {
    // given
    var sink = new Recording(true);
    var newest = "cat <<'EOF'\n" + entry("41", BOOT, "1", "x") + "EOF\n";
    var arguments = "echo \"$@\" > " + directory + "/arguments\n";

    // when
    try (var source =
        source(
            journalctl(
                newest,
                arguments,
                follow(entry("42", BOOT, "100", CONNECTION)) + "exec cat <&3\n"))) {
      source.start(sink);
      sink.take(1);
    }

    // then
    assertThat(Files.readString(directory.resolve("arguments"))).contains("--after-cursor=c41 ");
  }

  @Test
  void should_say_why_when_journalctl_fails_at_the_start() throws Exception {
    // given
    try (var source =
        source(
            journalctl("echo 'Failed to open files: Permission denied' >&2; exit 1\n", "", ""))) {
      // when, then
      assertThatThrownBy(() -> source.start(new Recording(true)))
          .isInstanceOf(SourceUnavailableException.class)
          .hasMessageContaining("Permission denied");
      assertThat(source.meter().state().condition()).isEqualTo(Condition.UNAVAILABLE);
    }
  }

  @Test
  void should_name_the_directory_when_there_is_no_journal() throws Exception {
    // given
    var settings =
        new LogSettingsBuilder()
            .mode(LogSettings.Mode.JOURNAL)
            .journalctl(journalctl("", "", ""))
            .journalDirectories(List.of(directory.resolve("none")))
            .build();

    // when, then
    assertThatThrownBy(() -> LogSources.open(settings, directory, Instant::now, System::nanoTime))
        .isInstanceOf(SourceUnavailableException.class)
        .hasMessageContaining(directory.resolve("none").toString());
  }

  private Source source(String journalctl) throws SourceUnavailableException {
    return source(journalctl, Duration.ofMillis(1));
  }

  private Source source(String journalctl, Duration restart) throws SourceUnavailableException {
    return source(journalctl, restart, System::nanoTime);
  }

  private Source source(String journalctl, Duration restart, LongSupplier monotonicNanos)
      throws SourceUnavailableException {
    var settings =
        new LogSettingsBuilder()
            .journal(directory.resolve("journal"))
            .journalctl(journalctl)
            .restart(restart)
            .build();
    return LogSources.open(settings, directory.resolve("state"), Instant::now, monotonicNanos);
  }

  /// @param newest what to do when asked for the newest entry
  /// @param before what to do before following
  /// @param following what to do when asked to follow; standard input stays open as file 3
  private String journalctl(String newest, String before, String following) throws IOException {
    var pipe = directory.resolve("pipe");
    var script = directory.resolve("journalctl");
    Files.writeString(
        script,
        "#!/bin/sh\ncase \" $* \" in *' -f '*) ;; *) "
            + (newest.isEmpty() ? ":\n" : newest)
            + "exit 0;; esac\n[ -p "
            + pipe
            + " ] || mkfifo "
            + pipe
            + "\nexec 3<>"
            + pipe
            + "\n"
            + before
            + following);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  private static String follow(String entries) {
    return "cat <<'EOF'\n" + entries + "EOF\n";
  }

  private static String entry(String number, String boot, String pid, String message) {
    return "{\"__CURSOR\":\"c"
        + number
        + "\",\"_BOOT_ID\":\""
        + boot
        + "\",\"__MONOTONIC_TIMESTAMP\":\"500"
        + number
        + "000\",\"__REALTIME_TIMESTAMP\":\"1700000000002000\","
        + (pid.isEmpty() ? "" : "\"_PID\":\"" + pid + "\",")
        + "\"_UID\":\"0\","
        + "\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\""
        + message
        + "\"}\n";
  }

  private static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip().replace("-", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
