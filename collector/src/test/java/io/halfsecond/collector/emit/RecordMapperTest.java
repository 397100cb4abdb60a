package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.selftest.Comparison;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.selftest.TestEnvironment;
import io.halfsecond.collector.selftest.Trial;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.UserClass;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordMapperTest {
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Origin ORIGIN = new Origin("web-17", "debian-12-x86_64", "boot", "run");
  private static final long OFFSET = 1_711_670_400_000_000_000L;
  private static final Result.ConnectionKey CONNECTION = new Result.ConnectionKey(1000, 5_000);
  private static final Result.Login LOGIN =
      new Result.Login(
          Outcome.ACCEPTED,
          Method.PUBLICKEY,
          UserClass.VALID,
          Optional.of("alice"),
          Optional.of("192.0.2.7"));

  @Test
  void should_write_all_of_a_decision_and_nothing_in_clear() {
    // given
    var decided =
        new Result.AuthenticationDecided(
            CONNECTION,
            175_000_999,
            "sshd",
            LOGIN,
            new Result.Timing(
                OptionalLong.of(1), OptionalLong.of(2), OptionalLong.of(3), OptionalLong.of(4)),
            OptionalLong.of(9),
            new Result.Timing(
                OptionalLong.of(5), OptionalLong.empty(), OptionalLong.of(7), OptionalLong.of(8)),
            Evidence.KERNEL_AND_LOG,
            true,
            Optional.of(new Result.ProbeTag(4_000, 40_001, false)),
            OptionalLong.empty());

    // when
    var serde = AvroSerde.of(AuthTiming.class);
    var bytes =
        serde.encode(
            new RecordMapper(
                    ORIGIN, Pseudonyms.keyed(KEY), ExpectedNetworks.ofPrivate(), () -> OFFSET)
                .authTiming(decided, 42));

    // then: the ids are those of sha256sum and openssl dgst -hmac
    assertThat(serde.decode(bytes))
        .hasToString(
            """
            {"id": "%s", "host": "web-17", "collector": "run", "sequence": 42, \
            "connectedAt": "2024-03-29T00:00:00.000005Z", "decidedAt": "2024-03-29T00:00:00.175Z", \
            "monitorPid": 1000, "executable": "sshd", "outcome": "ACCEPTED", "method": "PUBLICKEY", \
            "userClass": "VALID", "userPseudonym": "%s", "sourcePseudonym": "%s", "startupNanos": 1, \
            "startupRunQueueNanos": 3, "startupCpuNanos": 2, "startupMinorFaults": 4, "clientWaitNanos": 9, "preauthNanos": 5, \
            "preauthRunQueueNanos": 7, "preauthCpuNanos": null, "preauthMinorFaults": 8, \
            "evidence": "KERNEL_AND_LOG", "complete": true, "cohort": "debian-12-x86_64", "probe": "%s", \
            "seenSince": null, "sourceNetwork": "OUTSIDE"}\
            """
                .formatted(
                    "7e670eee65096ba585df193633667dca",
                    "fdbf8b1cacd3d578",
                    "9fbed8536e880124",
                    ORIGIN.idOfProbe(4_000)));
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("alice", "192.0.2.7");
  }

  @Test
  void should_write_all_of_an_end() {
    // given
    var ended =
        new Result.ConnectionEnded(
            CONNECTION,
            237_000_000,
            "sshd",
            LOGIN,
            OptionalLong.of(62),
            List.of(new Result.PhaseUsage(Role.USER, Phase.SESSION, new Usage(1, 2, 3))),
            OptionalLong.empty(),
            2,
            Evidence.KERNEL,
            false,
            9,
            Optional.empty(),
            OptionalLong.of(100_000_000));

    // when
    var serde = AvroSerde.of(SessionCpu.class);
    var read =
        serde.decode(
            serde.encode(
                new RecordMapper(
                        ORIGIN, Pseudonyms.off(), ExpectedNetworks.ofPrivate(), () -> OFFSET)
                    .sessionCpu(ended, 43)));

    // then
    assertThat(read.getId()).isEqualTo(ORIGIN.idOf(CONNECTION));
    assertThat(read.getEndedAt()).isEqualTo(Instant.parse("2024-03-29T00:00:00.237Z"));
    assertThat(read.getWallNanos()).isEqualTo(236_995_000);
    assertThat(read.getSessionNanos()).contains(62L);
    assertThat(read.getTotalCpuNanos()).isEmpty();
    assertThat(read.getCpu())
        .singleElement()
        .hasToString(
            "{\"role\": \"USER\", \"phase\": \"SESSION\", \"cpuNanos\": 1, \"runQueueNanos\": 2,"
                + " \"minorFaults\": 3}");
    assertThat(read.getComplete()).isFalse();
    assertThat(read.getLostEvents()).isEqualTo(9);
    assertThat(read.getSeenSince()).contains(Instant.parse("2024-03-29T00:00:00.100Z"));
    assertThat(read.getCohort()).isEqualTo("debian-12-x86_64");
  }

  @Test
  void should_write_all_of_a_round_of_probes() {
    // given
    var seen =
        new ProbeRound(
            "127.0.0.1:22",
            "SSH-2.0-OpenSSH_9.2p1",
            ProbeOutcome.REFUSED,
            "",
            3,
            OptionalLong.of(1),
            OptionalLong.of(2),
            OptionalLong.of(3),
            OptionalLong.of(4),
            OptionalLong.of(5),
            OptionalInt.of(40_001));
    var kernel =
        new Result.Timing(
            OptionalLong.of(6), OptionalLong.of(7), OptionalLong.of(8), OptionalLong.of(9));

    // when
    var serde = AvroSerde.of(ProbeTiming.class);
    var read =
        serde.decode(
            serde.encode(
                new RecordMapper(
                        ORIGIN, Pseudonyms.off(), ExpectedNetworks.ofPrivate(), () -> OFFSET)
                    .probeTiming(
                        new Result.Probed(
                            4_000, 90_000_000, seen, kernel, Role.MONITOR, OptionalLong.of(10)),
                        44)));

    // then
    assertThat(read)
        .hasToString(
            """
            {"id": "%s", "host": "web-17", "collector": "run", "sequence": 44, "at": "2024-03-29T00:00:00.090Z", \
            "target": "127.0.0.1:22", "server": "SSH-2.0-OpenSSH_9.2p1", "outcome": "REFUSED", "detail": "", \
            "greeter": "MONITOR", "banners": 3, "connectNanos": 1, "bannerNanos": 2, "kexNanos": 3, "authNanos": 4, "startupNanos": 5, \
            "kernelStartupNanos": 10, "startupRunQueueNanos": 8, "startupCpuNanos": 7, \
            "cohort": "debian-12-x86_64"}\
            """
                .formatted(ORIGIN.idOfProbe(4_000)));
  }

  @Test
  void should_write_all_of_a_self_test() {
    // given
    var trial = new Trial(Path.of("/usr/sbin/sshd"), List.of("-V"));
    var result =
        new SelfTestResult(
            trial,
            TestEnvironment.TERMINAL,
            24,
            List.of(
                new Comparison(Measure.WALL, 512e6, 9e6, 1e-13),
                new Comparison(Measure.CPU, 509e6, 8e6, 2e-13)));

    // when
    var serde = AvroSerde.of(SelfTestReport.class);
    var read =
        serde.decode(
            serde.encode(
                new RecordMapper(
                        ORIGIN, Pseudonyms.off(), ExpectedNetworks.ofPrivate(), () -> OFFSET)
                    .selfTest(List.of(result), 5_000_000, 45)));

    // then
    assertThat(read.getId())
        .isEqualTo(ORIGIN.idOfSelfTest(5_000_000))
        .isNotEqualTo(ORIGIN.idOfProbe(5_000_000));
    assertThat(read.getComparisons())
        .singleElement()
        .hasToString(
            """
            {"command": "/usr/sbin/sshd -V", "environment": "TERMINAL", "runs": 24, "serviceWallNanos": 5.12E8, \
            "otherWallNanos": 9000000.0, "serviceCpuNanos": 5.09E8, "otherCpuNanos": 8000000.0, "wallPValue": 1.0E-13, "cpuPValue": 2.0E-13}\
            """);
  }

  @Test
  void should_name_connections_apart_when_only_the_time_of_birth_differs() {
    assertThat(ORIGIN.idOf(CONNECTION))
        .hasSize(32)
        .isNotEqualTo(ORIGIN.idOf(new Result.ConnectionKey(1000, 5_001)));
  }

  @Test
  void should_give_a_connection_the_same_id_when_its_lines_are_read_again() {
    long written = 7_100_000_000L;
    var id = idOfLine(1000, 5_000, written);

    assertThat(idOfLine(1000, 4_990, written)).isEqualTo(id);
    assertThat(idOfLine(1000, 5_000, written + 300_000_000)).as("its second line").isEqualTo(id);
    assertThat(idOfLine(1001, 5_000, written)).isNotEqualTo(id);
    assertThat(idOfLine(1000, 5_000, written + 1_000_000_000)).isNotEqualTo(id);
    assertThat(ORIGIN.idOf(new Result.ConnectionKey(1000, written))).isNotEqualTo(id);
  }

  private static String idOfLine(int pid, long readAt, long writtenAt) {
    return ORIGIN.idOf(new Result.ConnectionKey(pid, readAt, OptionalLong.of(writtenAt)));
  }

  @Test
  void should_not_tell_the_name_when_a_login_is_printed() {
    assertThat(LOGIN.toString()).doesNotContain("alice", "192.0.2.7");
  }

  @Test
  void should_leave_names_out_when_pseudonyms_are_off() {
    assertThat(Pseudonyms.off().of("alice")).isEmpty();
  }

  @Test
  void should_make_a_key_that_only_the_owner_reads_and_keep_it(@TempDir Path state)
      throws IOException {
    // given
    var file = state.resolve("pseudonym.key");

    // when
    var first = Pseudonyms.fromOwnFile(file).of("alice");
    var second = Pseudonyms.fromOwnFile(file).of("alice");

    // then
    assertThat(first).isEqualTo(second);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.size(file)).isEqualTo(32);
  }

  @Test
  void should_name_the_file_when_a_shared_key_is_too_short(@TempDir Path state) throws IOException {
    var file = Files.writeString(state.resolve("short.key"), "abc");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> Pseudonyms.fromFile(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("3 bytes");
  }
}
