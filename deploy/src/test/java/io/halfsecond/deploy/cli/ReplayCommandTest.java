package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayCommandTest {
  private static final Instant START = Instant.parse("2025-12-30T08:00:00Z");
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
    new Recording(START, Duration.ofMillis(500), entries).write(directory.resolve("run.avro"));

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
    new Recording(START, Duration.ofMillis(500), entries).write(directory.resolve("run.avro"));

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
            "halfsecond replay: %s: is a binary journal file; convert it with journalctl --file FILE -o export"
                .formatted(file("system.journal")),
            "halfsecond replay: %s: is a directory".formatted(directory));
  }

  @Test
  void should_end_with_1_and_still_say_what_it_read_when_a_file_is_cut() throws IOException {
    // given
    var whole = directory.resolve("auth.log.gz");
    new AuthLog("web-17", START, 1).write(whole, 3_000);
    var bytes = Files.readAllBytes(whole);
    Files.write(whole, java.util.Arrays.copyOf(bytes, bytes.length / 2));

    // when
    int status = run(file("auth.log.gz"));

    // then
    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).startsWith("halfsecond replay: " + whole + ": Unexpected end");
    assertThat(out.toString()).startsWith("Read ").contains("of logs").contains("Alerts: none.");
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
