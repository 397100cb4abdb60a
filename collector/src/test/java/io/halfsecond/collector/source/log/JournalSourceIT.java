package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage.ConnectionFrom;
import io.halfsecond.collector.event.SshdMessage.InvalidUser;
import io.halfsecond.collector.event.SshdMessage.UserChild;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real journalctl, on a real journal. Needs systemd-journal-remote (Debian's package of
/// that name) to write one, because journald itself runs only under systemd.
class JournalSourceIT {
  private static final Path JOURNAL_REMOTE = Path.of("/usr/lib/systemd/systemd-journal-remote");
  private static final String OTHER_BOOT = "ffffffffffffffffffffffffffffffff";

  private Path directory = Path.of("unset");
  private String boot = "";
  private int entries;

  @BeforeEach
  void place(@TempDir Path temporary) throws IOException {
    boolean present = Files.isExecutable(JOURNAL_REMOTE);
    assertThat(present || !"true".equals(System.getenv("CI")))
        .as("systemd-journal-remote is installed")
        .isTrue();
    assumeTrue(present, "systemd-journal-remote is not installed");
    directory = temporary;
    boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip().replace("-", "");
    Files.createDirectories(directory.resolve("journal"));
  }

  @Test
  void should_read_sshd_s_new_entries_when_the_journal_grows() throws Exception {
    // given
    log(boot, "sshd", 99, "User child is on pid 1");
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);

      // when
      log(boot, "cron", 98, "User child is on pid 2");
      log(OTHER_BOOT, "sshd", 100, "User child is on pid 3");
      log(boot, "sshd", 100, "Connection from 127.0.0.1 port 5 on 127.0.0.1 port 22 rdomain \"\"");
      log(boot, "sshd-session", 100, "Invalid user x\u0001y from 127.0.0.1 port 5");
      var events = sink.take(2);

      // then: entry n was logged n ms after 5 s; entries 1 to 3 are old, another program's and
      // another boot's
      assertThat(events)
          .containsExactly(
              new LogEvent(5_004_000_000L, 100, new ConnectionFrom("127.0.0.1", 5)),
              new LogEvent(
                  5_005_000_000L,
                  100,
                  new InvalidUser("x\u0001y", "127.0.0.1", OptionalInt.of(5))));
      var meter = source.meter();
      // journalctl -f of systemd 252 leaves other boots out itself.
      assertThat(meter.readCount() - meter.droppedCount(Reason.IRRELEVANT)).isEqualTo(2);
    }
  }

  @Test
  void should_read_what_was_logged_meanwhile_when_run_again() throws Exception {
    // given
    log(boot, "sshd", 99, "User child is on pid 1");
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);
      log(boot, "sshd", 99, "User child is on pid 2");
      sink.take(1);
    }

    // when
    log(boot, "sshd", 99, "User child is on pid 3");
    try (var source = source()) {
      source.start(sink);

      // then
      assertThat(sink.take(1)).extracting(LogEvent::message).containsExactly(new UserChild(3));
    }
  }

  @Test
  void should_go_on_from_the_newest_entry_when_the_saved_cursor_is_damaged() throws Exception {
    // given
    log(boot, "sshd", 99, "User child is on pid 1");
    Files.createDirectories(directory.resolve("state"));
    Files.writeString(directory.resolve("state/log-journal.cursor"), "damaged\n");
    var sink = new Recording(true);
    try (var source = source()) {
      source.start(sink);
      await().until(() -> source.meter().state().detail().contains("Failed to seek to cursor"));

      // when
      log(boot, "sshd", 99, "User child is on pid 2");

      // then
      assertThat(sink.take(1)).extracting(LogEvent::message).containsExactly(new UserChild(2));
    }
  }

  private Source source() throws SourceUnavailableException {
    var settings =
        new LogSettingsBuilder()
            .journal(directory.resolve("journal"))
            .restart(Duration.ofSeconds(3))
            .build();
    return LogSources.open(settings, directory.resolve("state"), Instant::now, System::nanoTime);
  }

  /// Appends an entry, in systemd's Journal Export Format.
  private void log(String bootId, String program, int pid, String message) throws Exception {
    entries++;
    var text = message.getBytes(StandardCharsets.UTF_8);
    var export = new ByteArrayOutputStream();
    export.writeBytes(
        ("__REALTIME_TIMESTAMP="
                + (1_700_000_000_000_000L + entries * 1000L)
                + "\n__MONOTONIC_TIMESTAMP="
                + (5_000_000L + entries * 1000L)
                + "\n_BOOT_ID="
                + bootId
                + "\n_UID=0\n_PID="
                + pid
                + "\n_COMM="
                + program
                + "\n_TRANSPORT=syslog\nSYSLOG_IDENTIFIER="
                + program
                + "\nMESSAGE\n")
            .getBytes(StandardCharsets.UTF_8));
    export.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
    export.writeBytes(text);
    export.writeBytes(new byte[] {'\n', '\n'});
    var file = directory.resolve("entry.export");
    Files.write(file, export.toByteArray());

    var remote =
        new ProcessBuilder(
                JOURNAL_REMOTE.toString(),
                "-o",
                directory.resolve("journal/system.journal").toString(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(remote.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(remote.exitValue()).isZero();
  }
}
