package io.halfsecond.collector.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.collector.source.log.LogHistory;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogReplayTest {
  private static final LogCalendar CALENDAR =
      LogCalendar.of(ZoneId.of("Europe/Berlin"), Instant.parse("2026-01-04T06:25:01Z"));

  private final List<AuthTiming> records = new ArrayList<>();

  @Test
  void should_assemble_a_connection_by_the_times_of_its_lines() throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            """
            2026-01-03T12:00:00.250000+01:00 web-17 sshd[4711]: Connection from 192.0.2.7 port 40022 on 192.0.2.1 port 22
            2026-01-03T12:00:00.540000+01:00 web-17 sshd[4711]: Accepted publickey for alice from 192.0.2.7 port 40022 ssh2
            """);

    // then
    assertThat(records)
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getHost()).isEqualTo("web-17");
              assertThat(record.getConnectedAt()).isEqualTo("2026-01-03T11:00:00.250Z");
              assertThat(record.getDecidedAt()).isEqualTo("2026-01-03T11:00:00.540Z");
              assertThat(record.getPreauthNanos()).contains(290_000_000L);
              assertThat(record.getOutcome()).isEqualTo(Outcome.ACCEPTED);
              assertThat(record.getMethod()).isEqualTo(Method.PUBLICKEY);
              assertThat(record.getEvidence()).isEqualTo(Evidence.LOG);
            });
    assertThat(history.isDatedToTheSecond()).isFalse();
  }

  @Test
  void should_take_the_year_from_when_the_file_was_written_when_a_log_goes_over_new_year()
      throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            """
            Dec 31 23:59:58 web-17 sshd[1]: Connection from 192.0.2.7 port 1 on 192.0.2.1 port 22
            Jan  1 00:00:01 web-17 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            Jan  1 00:00:02 web-17 sshd[2]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            """);

    // then
    assertThat(records)
        .extracting(AuthTiming::getConnectedAt, AuthTiming::getDecidedAt)
        .containsExactly(
            tuple(Instant.parse("2025-12-31T22:59:58Z"), Instant.parse("2025-12-31T23:00:01Z")),
            tuple(Instant.parse("2025-12-31T23:00:02Z"), Instant.parse("2025-12-31T23:00:02Z")));
    assertThat(records.getFirst().getPreauthNanos()).contains(3_000_000_000L);
    assertThat(history.isDatedToTheSecond()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // rsyslog: RSYSLOG_SyslogProtocol23Format; %syslogtag% %msg%
        "<38>1 2026-01-03T11:00:0%sZ web-17 sshd 4711 - -  ",
        "<38>1 2026-01-03T11:00:0%sZ web-17 sshd[4711] - - -  ",
        "2026-01-03T12:00:0%s+01:00 web-17 sshd[4711]:  ",
        "Jan  3 12:00:0%s web-17 sshd[4711]:     ",
        // syslog-ng: frac_digits, FULLDATE, UNIXTIME
        "Jan  3 12:00:0%s web-17 sshd[4711]: ",
        "2026 Jan  3 12:00:0%s web-17 sshd[4711]: ",
        "176743800%s web-17 sshd[4711]: ",
        // journalctl: short-iso-precise, with-unit
        "2026-01-03T12:00:0%s+0100 web-17 sshd-session[4711]: ",
        "Sat 2026-01-03 12:00:0%s CET web-17 ssh.service[4711]: ",
        "Sat 2026-01-03 12:00:0%s CET web-17 sshd@2-192.0.2.1:22-192.0.2.7:40022.service[4711]: ",
        // others
        "Jan 3 2026 12:00:0%s web-17. sshd[4711]: ",
        "2026-01-03 12:00:0%s web-17 sshd[4711]: ",
        "2026-01-03 12:00:0%s +01:00 source@web-17 sshd[4711]: "
      })
  void should_measure_to_the_millisecond_when_the_times_have_them(String frame) throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            frame.formatted("0.250")
                + "Connection from 192.0.2.7 port 40022 on 192.0.2.1 port 22\n"
                + frame.formatted("0.540")
                + "Accepted publickey for alice from 192.0.2.7 port 40022 ssh2\n");

    // then
    assertThat(records)
        .extracting(AuthTiming::getHost, AuthTiming::getConnectedAt, AuthTiming::getPreauthNanos)
        .containsExactly(
            tuple("web-17", Instant.parse("2026-01-03T11:00:00.250Z"), Optional.of(290_000_000L)));
    assertThat(history.isDatedToTheSecond()).isFalse();
  }

  @Test
  void should_date_lines_without_a_year_by_the_year_that_is_given() throws IOException {
    // given
    var history = new LogReplay(_ -> true, records::add);
    var calendar =
        new LogCalendar(ZoneOffset.UTC, CALENDAR.reference(), Optional.of(Year.of(2024)));

    // when
    history.read(
        "auth.log",
        LogFormat.SYSLOG,
        stream(
            """
            Jan  1 00:00:00 web-17 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            Feb 29 12:00:00 web-17 sshd[2]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            Dec 31 23:59:59 web-17 sshd[3]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            Nov 10 2023 08:00:00 web-17 sshd[4]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            """),
        calendar);
    history.finish();

    // then
    assertThat(records)
        .extracting(AuthTiming::getDecidedAt)
        .containsExactly(
            Instant.parse("2024-01-01T00:00:00Z"),
            Instant.parse("2024-02-29T12:00:00Z"),
            Instant.parse("2024-12-31T23:59:59Z"),
            Instant.parse("2023-11-10T08:00:00Z"));
  }

  @Test
  void should_not_move_a_leap_day_when_the_given_year_has_none() throws IOException {
    // given
    var history = new LogReplay(_ -> true, records::add);
    var calendar =
        new LogCalendar(ZoneOffset.UTC, CALENDAR.reference(), Optional.of(Year.of(2025)));

    // when
    history.read(
        "auth.log",
        LogFormat.SYSLOG,
        stream(
            "Feb 29 12:00:00 web-17 sshd[2]: Accepted password for a from 192.0.2.7 port 1 ssh2\n"),
        calendar);

    // then
    assertThat(records).isEmpty();
    assertThat(history.firstUnreadable()).contains("auth.log:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-03T12:00:00.000Z  sshd[1]: ",
        "2026-01-03T12:00:00.000Z _gateway sshd[1]: ",
        "2026-01-03T12:00:00.000Z web/ sshd[1]: ",
        "2026-01-03T12:00:00.000Z wéb sshd[1]: ",
        "<38>1 2026-01-03T12:00:00.000Z  sshd 1 - - "
      })
  void should_go_on_when_a_line_has_no_legal_host(String frame) throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            """
            2026-01-03T12:00:00.000Z web-17 sshd[7]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            %sAccepted password for alice from 192.0.2.7 port 1 ssh2
            2026-01-03T12:00:01.000Z relay/web-17 sshd[8]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            """
                .formatted(frame));

    // then
    assertThat(records).extracting(AuthTiming::getHost).containsExactly("web-17", "relay:web-17");
    assertThat(history.history().unreadable())
        .containsExactly(
            entry(LogHistory.Defect.HOST, new LogHistory.UnreadableLines(1, "auth.log:2")));
    assertThat(history.lines().inFlight()).isZero();
  }

  @Test
  void should_go_on_when_an_entry_of_the_journal_has_no_legal_host() throws IOException {
    // when
    var good =
        json(
            "0",
            "sshd",
            1_767_438_000_540_000L,
            "Accepted publickey for a from 192.0.2.7 port 2 ssh2");
    var history =
        read(
            LogFormat.JOURNAL_JSON,
            good.replace("web-17", "")
                + "\n"
                + good.replace("web-17", "(none)")
                + "\n"
                + good
                + "\n");

    // then
    assertThat(records).extracting(AuthTiming::getHost).containsExactly("web-17");
    assertThat(history.history().unreadable())
        .containsExactly(
            entry(LogHistory.Defect.HOST, new LogHistory.UnreadableLines(2, "auth.log:1")));
    assertThat(history.history().sshdCount()).isEqualTo(3);
  }

  @Test
  void should_go_on_with_a_connection_in_the_next_file() throws IOException {
    // given
    var history = new LogReplay(_ -> true, records::add);

    // when
    history.read(
        "auth.log.1",
        LogFormat.SYSLOG,
        stream(
            """
            2026-01-03T23:59:59.900Z web-17 sshd[1]: Connection from 192.0.2.7 port 1 on 192.0.2.1 port 22
            """),
        CALENDAR);
    history.read(
        "auth.log",
        LogFormat.SYSLOG,
        stream(
            """
            2026-01-04T00:00:00.100Z web-17 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            """),
        CALENDAR);
    history.finish();

    // then
    assertThat(records)
        .singleElement()
        .satisfies(record -> assertThat(record.getPreauthNanos()).contains(200_000_000L));
  }

  @Test
  void should_keep_hosts_apart_that_share_a_file() throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            """
            2026-01-03T12:00:00.000Z web-1 sshd[7]: Connection from 192.0.2.7 port 1 on 192.0.2.1 port 22
            2026-01-03T12:00:00.100Z web-2 sshd[7]: Connection from 192.0.2.8 port 1 on 192.0.2.1 port 22
            2026-01-03T12:00:00.300Z web-1 sshd[7]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            2026-01-03T12:00:00.500Z web-2 sshd[7]: Accepted password for alice from 192.0.2.8 port 1 ssh2
            2026-01-03T12:00:00.600Z sshd[8]: Accepted password for alice from 192.0.2.8 port 1 ssh2
            """);

    // then
    assertThat(records)
        .extracting(AuthTiming::getHost)
        .containsExactly("web-1", "web-2", "localhost");
    assertThat(records).extracting(AuthTiming::getSequence).containsOnly(0L);
    assertThat(history.connections().opened()).isEqualTo(3);
  }

  @Test
  void should_leave_out_the_hosts_that_are_not_wanted() throws IOException {
    // given
    var history = new LogReplay("web-2"::equals, records::add);

    // when
    history.read(
        "auth.log",
        LogFormat.SYSLOG,
        stream(
            """
            2026-01-03T12:00:00.000Z web-1 sshd[7]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            2026-01-03T12:00:00.100Z web-2 sshd[7]: Accepted password for alice from 192.0.2.8 port 1 ssh2
            """),
        CALENDAR);
    history.finish();

    // then
    assertThat(records).extracting(AuthTiming::getHost).containsExactly("web-2");
    assertThat(history.lines().droppedCount(Reason.UNRELATED)).isEqualTo(1);
  }

  @Test
  void should_account_for_every_line_and_name_the_first_that_cannot_be_read() throws IOException {
    // when: a time after the file was last written to, and a line that is cut
    var history =
        read(
            LogFormat.SYSLOG,
            """
            2026-01-03T12:00:00.000Z web-17 CRON[1]: pam_unix(cron:session): session opened for user root
            2026-01-03T12:00:00.000Z web-17 sshd[2]: debug1: nobody needs this
            2026-01-03T12:00:00.000Z web-17 sshd[3]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            2026-01-03T12:00:00.000Z web-17 sshd: pam_unix(sshd:session): session opened for user alice
            no frame at all
            2027-01-03T12:00:00.000Z web-17 sshd[4]: Accepted password for alice from 192.0.2.7 port 1 ssh2
            2026-01-03T12:00:01.000Z web-17 sshd[5]: Accepted password for ali\
            """);

    // then
    var lines = history.lines();
    assertThat(lines.readCount()).isEqualTo(7);
    assertThat(lines.assembledCount()).isEqualTo(1);
    assertThat(lines.droppedCount(Reason.UNRELATED)).isEqualTo(1);
    assertThat(lines.droppedCount(Reason.IRRELEVANT)).isEqualTo(1);
    assertThat(lines.droppedCount(Reason.UNTRUSTED)).isEqualTo(1);
    assertThat(lines.droppedCount(Reason.MALFORMED)).isEqualTo(3);
    assertThat(lines.inFlight()).isZero();
    assertThat(history.firstUnreadable()).contains("auth.log:5");
    assertThat(history.history().unreadable())
        .containsExactly(
            entry(LogHistory.Defect.FRAME, new LogHistory.UnreadableLines(1, "auth.log:5")),
            entry(LogHistory.Defect.CUT, new LogHistory.UnreadableLines(1, "auth.log:7")),
            entry(LogHistory.Defect.TIME, new LogHistory.UnreadableLines(1, "auth.log:6")));
    assertThat(history.history().sshdCount()).isEqualTo(4);
    assertThat(records).hasSize(1);
  }

  @Test
  void should_read_a_journal_that_was_exported_as_json() throws IOException {
    // when: journald's word on lost messages, another program, somebody's own sshd, and no entry
    var history =
        read(
            LogFormat.JOURNAL_JSON,
            String.join(
                "\n",
                json(
                    "0",
                    "sshd",
                    1_767_438_000_250_000L,
                    "Connection from 192.0.2.7 port 40022 on 192.0.2.1 port 22"),
                json(
                    "0",
                    "sshd",
                    1_767_438_000_540_000L,
                    "Accepted publickey for alice from 192.0.2.7 port 40022 ssh2"),
                json("0", "cron", 1_767_438_000_600_000L, "job"),
                json(
                    "1000",
                    "sshd",
                    1_767_438_000_700_000L,
                    "Accepted publickey for eve from 192.0.2.7 port 1 ssh2"),
                "{}",
                ""));

    // then
    assertThat(records)
        .extracting(AuthTiming::getHost, AuthTiming::getConnectedAt, AuthTiming::getDecidedAt)
        .containsExactly(
            tuple(
                "web-17",
                Instant.parse("2026-01-03T11:00:00.250Z"),
                Instant.parse("2026-01-03T11:00:00.540Z")));
    assertThat(history.lines().readCount()).isEqualTo(5);
    assertThat(history.lines().droppedCount(Reason.UNRELATED)).isEqualTo(1);
    assertThat(history.lines().droppedCount(Reason.UNTRUSTED)).isEqualTo(1);
    assertThat(history.firstUnreadable()).contains("auth.log:5");
  }

  @Test
  void should_read_a_journal_that_was_exported_in_its_own_form() throws IOException {
    // given: a field with a line feed, which comes with its length, and one that is too long to be
    // kept
    var export = new ByteArrayOutputStream();
    export.writeBytes(
        export(
            1_767_438_000_250_000L,
            "MESSAGE=Connection from 192.0.2.7 port 40022 on 192.0.2.1 port 22\n"));
    export.writeBytes(binary("COREDUMP", "x".repeat(100_000)));
    export.writeBytes(binary("_CMDLINE", "sshd:\nalice"));
    export.write('\n');
    export.writeBytes(export(1_767_438_000_540_000L, ""));
    export.writeBytes(
        binary("MESSAGE", "Accepted publickey for alice from 192.0.2.7 port 40022 ssh2"));
    export.write('\n');
    export.writeBytes(export(1_767_438_000_900_000L, "MESSAGE=one\nMESSAGE=two\n"));
    export.write('\n');

    // when
    var history = new LogReplay(_ -> true, records::add);
    history.read(
        "journal",
        LogFormat.JOURNAL_EXPORT,
        new ByteArrayInputStream(export.toByteArray()),
        CALENDAR);
    history.finish();

    // then
    assertThat(records)
        .extracting(AuthTiming::getConnectedAt, AuthTiming::getDecidedAt)
        .containsExactly(
            tuple(
                Instant.parse("2026-01-03T11:00:00.250Z"),
                Instant.parse("2026-01-03T11:00:00.540Z")));
    assertThat(history.lines().readCount()).isEqualTo(3);
    assertThat(history.firstUnreadable()).contains("journal:29");
  }

  @Test
  void should_say_so_when_an_export_is_cut_or_none() {
    var history = new LogReplay(_ -> true, records::add);

    assertThatThrownBy(
            () ->
                history.read(
                    "journal",
                    LogFormat.JOURNAL_EXPORT,
                    stream("__CURSOR=s=1\n__REALTIME_TIMESTAMP=17674"),
                    CALENDAR))
        .isInstanceOf(IOException.class)
        .hasMessage("ends within a journal entry");
    assertThatThrownBy(
            () ->
                history.read(
                    "journal",
                    LogFormat.JOURNAL_EXPORT,
                    stream("__CURSOR=s=1\nthis line is no field\n"),
                    CALENDAR))
        .isInstanceOf(IOException.class)
        .hasMessage("ends within a journal entry");
    assertThatThrownBy(
            () ->
                history.read(
                    "journal",
                    LogFormat.JOURNAL_EXPORT,
                    stream("__CURSOR=s=1\nthis line is no field\nnor is this one\n"),
                    CALENDAR))
        .isInstanceOf(IOException.class)
        .hasMessage("is no journal export: line 2 has neither '=' nor a length after it");
  }

  @Test
  void should_give_out_what_was_never_decided() throws IOException {
    // when
    var history =
        read(
            LogFormat.SYSLOG,
            """
            2026-01-03T12:00:00.000Z web-17 sshd[7]: Connection from 192.0.2.7 port 1 on 192.0.2.1 port 22
            """);

    // then
    assertThat(records)
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getOutcome()).isEqualTo(Outcome.UNKNOWN);
              assertThat(record.getPreauthNanos()).isEmpty();
            });
    assertThat(history.connections().open()).isZero();
  }

  private LogReplay read(LogFormat format, String text) throws IOException {
    var history = new LogReplay(_ -> true, records::add);
    history.read("auth.log", format, stream(text), CALENDAR);
    history.finish();
    return history;
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(String uid, String program, long micros, String message) {
    return """
    {"__CURSOR":"s=1","_BOOT_ID":"0123456789abcdef0123456789abcdef","__MONOTONIC_TIMESTAMP":"1",\
    "__REALTIME_TIMESTAMP":"%d","_HOSTNAME":"web-17","SYSLOG_IDENTIFIER":"%s","_PID":"4711","_UID":"%s",\
    "MESSAGE":"%s"}\
    """
        .formatted(micros, program, uid, message);
  }

  private static byte[] export(long micros, String fields) {
    return """
    __CURSOR=s=1
    __REALTIME_TIMESTAMP=%d
    __MONOTONIC_TIMESTAMP=1
    _BOOT_ID=0123456789abcdef0123456789abcdef
    _HOSTNAME=web-17
    SYSLOG_IDENTIFIER=sshd
    _COMM=sshd-session
    _PID=4711
    _UID=0
    %s\
    """
        .formatted(micros, fields)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] binary(String name, String value) {
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    var field = new ByteArrayOutputStream();
    field.writeBytes((name + "\n").getBytes(StandardCharsets.UTF_8));
    field.writeBytes(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(bytes.length)
            .array());
    field.writeBytes(bytes);
    field.write('\n');
    return field.toByteArray();
  }
}
