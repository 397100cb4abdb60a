package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.demo.Demo;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.recording.Recording;
import io.halfsecond.deploy.replay.AuthLog;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayCommandTest {
  private static final Instant START = Instant.parse("2025-12-30T08:00:00Z");
  private static final Recording.Run RUN =
      new Recording.Run(START, Duration.ofMillis(500), Optional.empty());
  private static final int NORMAL_LOGINS = 2_000;
  private static final int SLOW_LOGINS = 100;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory = Path.of("");

  @Test
  void should_say_what_would_have_been_alerted_when_logins_became_slower() throws IOException {
    // given: rotated, the older half compressed, and named in no order
    var log = new AuthLog("web-17", START, 1);
    log.write(directory.resolve("auth.log.2.gz"), NORMAL_LOGINS / 2);
    log.write(directory.resolve("auth.log.1"), NORMAL_LOGINS / 2);
    log.slowBy(Duration.ofMillis(500)).write(directory.resolve("auth.log"), SLOW_LOGINS);

    // when
    int status = run(file("auth.log"), file("auth.log.2.gz"), file("auth.log.1"));

    // then
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    var lines = out.toString().lines().toList();
    assertThat(lines.getFirst())
        .matches(
            "2025-12-31 \\S+Z  OPENED        STEP   web-17: sshd preauth of publickey/accepted/log"
                + " 29\\d ms → [78]\\d\\d ms \\(\\+.+");
    assertThat(lines)
        .anyMatch(line -> line.contains("  CONFIRMED  "))
        .noneMatch(line -> line.contains("UPDATED"));
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "Read 6,300 lines of logs \\(2,100 connections\\), of 1 host, from 2025-12-30"
                        + " 08:00:00Z to 2025-12-31 19:\\S+Z\\."))
        .contains(
            "Left out: 2,100 of other programs or hosts.",
            "Measurements: preauth 2,100.",
            "Alerts: 1 step (updated 1).");
  }

  @Test
  void should_find_nothing_when_nothing_has_changed() throws IOException {
    // given
    new AuthLog("web-17", START, 1)
        .write(directory.resolve("auth.log"), NORMAL_LOGINS + SLOW_LOGINS);

    // when
    int status = run(file("auth.log"));

    // then
    assertThat(status).isZero();
    assertThat(out.toString()).startsWith("Read 6,300 lines of logs").endsWith("Alerts: none.\n");
  }

  @Test
  void should_write_an_object_a_line_when_asked_for_json() throws IOException {
    // given
    var log = new AuthLog("web-17", START, 1);
    log.write(directory.resolve("auth.log.1"), NORMAL_LOGINS);
    log.slowBy(Duration.ofMillis(500)).write(directory.resolve("auth.log"), SLOW_LOGINS);

    // when
    int status =
        run("--json", "--max-false-alarms", "10/host-year", file("auth.log"), file("auth.log.1"));

    // then
    assertThat(status).isZero();
    var objects = objects();
    assertThat(objects.getFirst().path("state").asText()).isEqualTo("OPENED");
    assertThat(objects.getFirst().path("summary").asText())
        .startsWith("web-17: sshd preauth of publickey");
    assertThat(objects).anyMatch(alert -> alert.path("state").asText().equals("UPDATED"));
    var replay = objects.getLast().path("replay");
    assertThat(replay.path("lines").asInt()).isEqualTo(6_300);
    assertThat(replay.path("connections").asInt()).isEqualTo(2_100);
    assertThat(replay.path("linesDropped").path("unrelated").asInt()).isEqualTo(2_100);
    assertThat(replay.path("alerts").path("step").path("updated").asInt()).isEqualTo(1);
  }

  @Test
  void should_replay_recorded_telemetry_and_count_what_it_cannot_read() throws IOException {
    // given
    var entries = new ArrayList<Recording.Entry>();
    entries.add(new Recording.Entry("halfsecond.nonsense", "web-1", 0, ByteBuffer.allocate(1)));
    entries.add(new Recording.Entry("ssh.auth-timing", "web-1", 0, ByteBuffer.allocate(1)));
    for (int i = 0; i < NORMAL_LOGINS + SLOW_LOGINS; i++) {
      entries.add(entry("web-1", i));
      entries.add(entry("web-2", i));
    }
    new Recording(RUN, entries).write(directory.resolve("run.avro"));

    // when
    int status = run("--host", "web-1", "--host", "web-3", file("run.avro"));

    // then
    assertThat(status).isZero();
    assertThat(out.toString().lines())
        .first()
        .asString()
        .matches("\\S+ \\S+  OPENED        STEP   web-1: sshd startup 8\\.\\d ms → 5\\d\\d ms .+");
    assertThat(out.toString())
        .contains(
            "of recordings, of 1 host,",
            "Left out: 2 unreadable (the first: " + file("run.avro") + ": record 1).",
            "startup 2,100",
            "Nothing was found of host web-3.\n")
        .doesNotContain("web-2");
  }

  @ParameterizedTest
  @CsvSource({
    "true, '', 'in blocks of 5,000 ms, as in the recorded run'",
    "false, detector.block=1m, ''"
  })
  void should_find_what_the_demonstration_shows_in_its_recording(
      boolean found, String setting, String said) throws IOException {
    // given
    try (var in = Demo.class.getResourceAsStream("recorded-run.avro")) {
      Files.copy(Objects.requireNonNull(in), directory.resolve("run.avro"));
    }

    // when
    int status =
        setting.isEmpty() ? run(file("run.avro")) : run("--set", setting, file("run.avro"));

    // then
    assertThat(status).isZero();
    assertThat(err.toString()).contains(said);
    var opened = out.toString().lines().filter(line -> line.contains("  OPENED  ")).toList();
    assertThat(opened)
        .as("one cause is one alert")
        .hasSize(found ? 1 : 0)
        .allMatch(line -> line.contains("liblzma.so.5.4.1 (liblzma5 5.4.1-1 → no package)"));
  }

  @Test
  void should_judge_by_the_configuration_when_inputs_had_different_blocks() throws IOException {
    // given
    for (int seconds : List.of(5, 10)) {
      new Recording(
              new Recording.Run(START, Duration.ZERO, Optional.of(Duration.ofSeconds(seconds))),
              List.of(entry("web-1", seconds)))
          .write(directory.resolve(seconds + ".avro"));
    }

    // when
    int status = run(file("5.avro"), file("10.avro"));

    // then
    assertThat(status).isZero();
    assertThat(err.toString()).doesNotContain("blocks");
  }

  @Test
  void should_say_what_changed_when_a_recording_has_what_sshd_is_made_of() throws IOException {
    // given
    var host = new SyntheticHost("web-1", 1);
    var swapped = START.plusSeconds(60L * NORMAL_LOGINS - 30);
    var entries = new ArrayList<Recording.Entry>();
    entries.add(entry(host.fingerprint(START, START.minusSeconds(5), START.minusSeconds(60), "a")));
    for (int i = 0; i < NORMAL_LOGINS + SLOW_LOGINS; i++) {
      if (i == NORMAL_LOGINS) {
        entries.add(
            entry(host.fingerprint(swapped.plusSeconds(5), swapped.minusSeconds(5), swapped, "b")));
      }
      entries.add(entry("web-1", i));
    }
    new Recording(RUN, entries).write(directory.resolve("run.avro"));

    // when
    int status = run(file("run.avro"));

    // then
    assertThat(status).isZero();
    assertThat(out.toString().lines())
        .first()
        .asString()
        .contains("web-1: sshd startup ", "liblzma.so.5");
    assertThat(out.toString()).doesNotContain("unreadable");
  }

  @Test
  void should_end_with_1_and_name_each_when_files_cannot_be_read() throws IOException {
    // given
    Files.writeString(directory.resolve("passwd"), "alice:x:1000:1000:Alice:/home/alice:/bin/sh\n");
    Files.write(
        directory.resolve("system.journal"),
        new byte[] {'L', 'P', 'K', 'S', 'H', 'H', 'R', 'H', 0, 1});
    new AuthLog("web-17", START, 1).write(directory.resolve("auth.log"), 1);

    // when
    int status =
        run(
            file("auth.log"),
            file("missing"),
            file("passwd"),
            file("system.journal"),
            directory.toString());

    // then
    assertThat(status).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .containsExactly(
            "halfsecond replay: %s: no such file".formatted(file("missing")),
            ("halfsecond replay: %s: is not a syslog file, output of journalctl -o json or -o"
                    + " export, or a recording: its first line has the form"
                    + " 'aaaaa:a:0000:0000:Aaaaa:/aaaa/aaaaa:/aaa/aa'")
                .formatted(file("passwd")),
            "halfsecond replay: %1$s: is a binary journal file; read it with: journalctl -o export --file %1$s | halfsecond replay -"
                .formatted(file("system.journal")),
            "halfsecond replay: %s: is a directory".formatted(directory));
  }

  @Test
  void should_end_with_1_and_judge_up_to_the_cut_when_a_file_is_cut() throws IOException {
    // given: one that is cut in the middle, one at its beginning, and one that is whole
    var log = new AuthLog("web-17", START, 1);
    var cut = log.write(directory.resolve("auth.log.3.gz"), 3_000);
    var bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    Files.write(directory.resolve("auth.log.2.gz"), Arrays.copyOf(bytes, 15));
    log.write(directory.resolve("auth.log.1"), 10);

    // when
    int alone = run(file("auth.log.3.gz"));
    var ofAlone = out.toString();
    int status = run(file("auth.log.1"), file("auth.log.2.gz"), file("auth.log.3.gz"));

    // then
    assertThat(alone).isEqualTo(1);
    assertThat(ofAlone)
        .matches("(?s)Read [\\d,]+ lines of logs \\(1,\\d+ connections\\), of 1 host.*")
        .contains("1 unreadable, cut or too long (the first: " + cut + ":", "Alerts: none.");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            complaint("auth.log.3.gz", "is a gzip file that is cut short; judged up to the cut"),
            complaint("auth.log.2.gz", "is a gzip file that is cut short; judged up to the cut"),
            complaint("auth.log.3.gz", "is a gzip file that is cut short; judged up to the cut"));
  }

  @Test
  void should_read_all_members_and_name_other_data_after_them() throws IOException {
    // given
    var log = new AuthLog("web-17", START, 1);
    var file = log.write(directory.resolve("auth.log.gz"), 10);
    var first = Files.readAllBytes(file);
    var second = Files.readAllBytes(log.write(directory.resolve("auth.log.gz"), 10));
    Files.write(file, first);
    Files.write(file, second, StandardOpenOption.APPEND);

    // when
    int whole = run(file.toString());
    Files.writeString(file, "rubbish", StandardOpenOption.APPEND);
    int followed = run(file.toString());

    // then
    assertThat(whole).isZero();
    assertThat(followed).isEqualTo(1);
    assertThat(out.toString().lines().filter(line -> line.startsWith("Read ")))
        .hasSize(2)
        .allMatch(line -> line.startsWith("Read 60 lines of logs (20 connections)"));
    assertThat(err.toString().lines())
        .containsExactly(
            complaint(
                "auth.log.gz", "has other data after the end of its gzip data, which is left out"));
  }

  @Test
  void should_judge_the_rest_when_lines_have_no_host_and_say_which_is_the_first()
      throws IOException {
    // given
    var log = new AuthLog("web-17", START, 1);
    var file = log.write(directory.resolve("auth.log"), 10);
    var text = Files.readString(file);
    Files.writeString(
        file,
        text
            + "2025-12-30T09:00:00Z  sshd[1]: Accepted password for alice from 192.0.2.1 port 1"
            + " ssh2\n"
            + "2025-12-30T09:00:00Z _gateway sshd[2]: Accepted password for alice from 192.0.2.1"
            + " port 1 ssh2\n"
            + "2025-12-30T09:00:00Z relay/web-18 sshd[3]: Accepted password for alice from"
            + " 192.0.2.1 port 1 ssh2\n"
            + "alice alice alice\n");

    // when
    int status = run(file.toString());
    run("--json", file.toString());

    // then
    assertThat(status).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines().toList().get(1))
        .isEqualTo(
            "Left out: 1 unreadable, without a time and a program (the first: %1$s:34); 2 unreadable, of an empty or illegal host name (the first: %1$s:31); 10 of other programs or hosts."
                .formatted(file));
    var replay =
        new ObjectMapper().readTree(out.toString().lines().toList().getLast()).path("replay");
    assertThat(replay.path("connections").asInt()).isEqualTo(11);
    assertThat(replay.path("hosts").asInt()).isEqualTo(2);
    assertThat(replay.path("unreadable").asInt()).isEqualTo(3);
    assertThat(replay.path("firstUnreadable").asText()).isEqualTo(file + ":31");
    assertThat(replay.path("linesUnreadable").get(1).path("defect").asText()).isEqualTo("host");
    assertThat(replay.path("linesUnreadable").get(1).path("count").asInt()).isEqualTo(2);
  }

  @Test
  void should_end_with_1_and_warn_when_lines_of_sshd_give_no_connection() throws IOException {
    // given
    var file =
        Files.writeString(
            directory.resolve("auth.log"),
            """
            Dec 30 08:00:00 web-17 sshd[1]: Server listening on 0.0.0.0 port 22.
            Dec 30 08:00:00 web-17 sshd: Accepted password for alice from 192.0.2.1 port 1 ssh2
            """);
    var other =
        Files.writeString(directory.resolve("cron.log"), "Dec 30 08:00:00 web-17 CRON[1]: x\n");

    // when
    int status = run(file.toString());
    int json = run("--json", file.toString());
    int none = run(other.toString());

    // then
    assertThat(status).isEqualTo(1);
    assertThat(json).isEqualTo(1);
    assertThat(none).isZero();
    assertThat(err.toString().lines())
        .hasSize(2)
        .containsOnly(
            "halfsecond replay: 2 lines of sshd gave no connection, so nothing was judged; the"
                + " summary says why");
    assertThat(out.toString()).startsWith("Read 2 lines of logs (0 connections)");
  }

  @Test
  void should_date_lines_by_the_zone_and_the_year_that_are_given() throws IOException {
    // given
    var file =
        Files.writeString(
            directory.resolve("auth.log"),
            "Jul  1 12:00:00 web-17 sshd[1]: Accepted password for alice from 192.0.2.1 port 1"
                + " ssh2\n");

    // when
    int status = run("--timezone", "America/New_York", "--year", "2019", file.toString());
    run("--timezone", "+05:30", "--year", "2020", file.toString());

    // then
    assertThat(status).isZero();
    assertThat(out.toString())
        .contains("from 2019-07-01 16:00:00Z to ", "from 2020-07-01 06:30:00Z to ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --timezone Mars/Base | --timezone: 'Mars/Base' is not a time zone, such as Europe/Berlin, UTC or +02:00
          --timezone +25:00    | --timezone: '+25:00' is not a time zone, such as Europe/Berlin, UTC or +02:00
          --year 26            | --year must be 1970 to
          --year 9999          | --year must be 1970 to
          --year next          | Invalid value for option '--year'
          """)
  void should_end_with_2_and_name_a_bad_zone_or_year(String options, String said) {
    // when
    int status = run((options + " -").split(" "));

    // then
    assertThat(status).isEqualTo(2);
    assertThat(err.toString()).startsWith(said);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void should_not_offer_brokers_in_its_help() {
    // when
    run("--help");

    // then
    assertThat(out.toString())
        .contains("--timezone=ZONE", "--year=YEAR", "--set=KEY=VALUE")
        .doesNotContain("--bootstrap-servers");
  }

  @Test
  void should_show_a_bar_on_a_terminal_only() throws IOException {
    // given
    new AuthLog("web-17", START, 1).write(directory.resolve("auth.log"), 10_000);

    // when
    run(file("auth.log"));
    var piped = err.toString();
    Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            true,
            Map.of(),
            new Stop()),
        "replay",
        file("auth.log"));

    // then
    assertThat(piped).isEmpty();
    assertThat(err.toString()).containsPattern("\\[#*\\.+\\] +\\d+ %  " + file("auth.log"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replay",
        "replay - -",
        "replay --max-false-alarms often -",
        "replay --nonsense -"
      })
  void should_end_with_2_when_called_wrongly(String line) {
    var words = line.split(" ");

    int status =
        Halfsecond.execute(
            new Surroundings(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                false,
                Map.of(),
                new Stop()),
            words);

    assertThat(status).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }

  private List<JsonNode> objects() throws IOException {
    var mapper = new ObjectMapper();
    var objects = new ArrayList<JsonNode>();
    for (String line : out.toString().lines().toList()) {
      objects.add(mapper.readTree(line));
    }
    return objects;
  }

  private String complaint(String file, String what) {
    return "halfsecond replay: %s: %s".formatted(file(file), what);
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  /// A login every minute; startup takes half a second more from a time on.
  private static Recording.Entry entry(String host, int number) {
    var at = START.plusSeconds(60L * number);
    // No two alike, as nothing measured is.
    long startup =
        8_000_000 + 1_000L * (number * 37 % 100) + (number < NORMAL_LOGINS ? 0 : 500_000_000);
    var timing =
        AuthTiming.newBuilder()
            .setId("%032x".formatted(number))
            .setHost(host)
            .setCollector("run-1")
            .setSequence(number)
            .setConnectedAt(at.minusMillis(900))
            .setDecidedAt(at)
            .setMonitorPid(4711)
            .setExecutable("sshd")
            .setOutcome(Outcome.FAILED)
            .setMethod(Method.PUBLICKEY)
            .setEvidence(Evidence.KERNEL)
            .setStartupNanos(startup)
            .setStartupRunQueueNanos(0L)
            .setStartupCpuNanos(startup)
            .setClientWaitNanos(0L)
            .build();
    return new Recording.Entry(
        "ssh.auth-timing",
        host,
        at.toEpochMilli(),
        ByteBuffer.wrap(AvroSerde.of(AuthTiming.class).encode(timing)));
  }

  private static Recording.Entry entry(HostFingerprint fingerprint) {
    return new Recording.Entry(
        "ssh.host-fingerprint",
        fingerprint.getHost(),
        fingerprint.getAt().toEpochMilli(),
        ByteBuffer.wrap(AvroSerde.of(HostFingerprint.class).encode(fingerprint)));
  }

  private int run(String... arguments) {
    var words = new ArrayList<>(List.of("replay"));
    words.addAll(List.of(arguments));
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), false, Map.of(), new Stop()),
        words.toArray(String[]::new));
  }
}
