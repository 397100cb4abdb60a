package io.halfsecond.deploy.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.UserClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionRecordTest {
  private static final Instant AT = Instant.parse("2026-03-29T12:00:00Z");

  private static AuthTiming.Builder decided(int id) {
    return AuthTiming.newBuilder()
        .setId("%032x".formatted(id))
        .setHost("web-17")
        .setCollector("run")
        .setSequence(id)
        .setConnectedAt(AT.plusSeconds(id))
        .setDecidedAt(AT.plusSeconds(id + 1))
        .setMonitorPid(4711)
        .setOutcome(Outcome.ACCEPTED)
        .setMethod(Method.PUBLICKEY)
        .setUserClass(UserClass.VALID)
        .setUserPseudonym("a1a1")
        .setSourcePseudonym("b2b2")
        .setKeyPseudonym("c3c3")
        .setEvidence(Evidence.KERNEL_AND_LOG);
  }

  private static SessionCpu.Builder ended(int id) {
    return SessionCpu.newBuilder()
        .setId("%032x".formatted(id))
        .setHost("web-17")
        .setCollector("run")
        .setSequence(id)
        .setConnectedAt(AT.plusSeconds(id))
        .setEndedAt(AT.plusSeconds(id + 90))
        .setMonitorPid(4711)
        .setOutcome(Outcome.ACCEPTED)
        .setMethod(Method.PUBLICKEY)
        .setUserClass(UserClass.VALID)
        .setWallNanos(90_000_000_000L)
        .setTotalCpuNanos(38_000_000L)
        .setEvidence(Evidence.KERNEL_AND_LOG);
  }

  private static OpenedSession session(Optional<Duration> length, StartedProgram... programs) {
    var session =
        OpenedSession.newBuilder().setStartedAt(AT.plusSeconds(2)).setPrograms(List.of(programs));
    length.ifPresent(each -> session.setWallNanos(each.toNanos()));
    return session.build();
  }

  /// Puts all records in, in any order, some twice.
  private static ConnectionRecord recordOf(List<AuthTiming> decisions, List<SessionCpu> ends) {
    var record = new ConnectionRecord(Optional.empty());
    var puts = new ArrayList<Runnable>();
    for (var each : decisions) {
      puts.add(() -> record.add(each));
    }
    for (var each : ends) {
      puts.add(() -> record.add(each));
    }
    puts.addAll(List.copyOf(puts));
    Collections.shuffle(puts, new Random(3094));
    puts.forEach(Runnable::run);
    return record;
  }

  @Test
  void should_account_for_every_connection_once_whatever_the_order_of_its_records() {
    // given
    var record =
        recordOf(
            List.of(
                decided(1).build(),
                decided(2).setEvidence(Evidence.KERNEL).setOutcome(Outcome.NO_PREAUTH).build(),
                decided(3).setEvidence(Evidence.KERNEL).setComplete(false).build(),
                decided(4).setEvidence(Evidence.KERNEL).build(),
                decided(5).setEvidence(Evidence.LOG).build(),
                decided(6).build(),
                decided(8).setHost("web-18").build(),
                decided(9).setProbe("1e".repeat(16)).build()),
            List.of(
                ended(1).build(),
                ended(2).setEvidence(Evidence.KERNEL).build(),
                ended(3).setEvidence(Evidence.KERNEL).setComplete(false).build(),
                ended(4).setEvidence(Evidence.KERNEL).build(),
                ended(7).setComplete(false).build(),
                ended(8).setHost("web-18").build(),
                ended(9).setProbe("1e".repeat(16)).build()));

    // then
    assertThat(record.tally().text())
        .containsExactly(
            "8 connections of 2 hosts",
            "  4 by kernel and log",
            "  1 by the kernel alone, without a login: scans, resets and timeouts need no line",
            "  1 by the kernel alone, incomplete",
            "  1 by the kernel alone, and the log should have them",
            "  1 by the log alone: their collector reads no kernel events",
            "1 still open, or left open when their collector ended",
            "1 of which only the end is in the records that were read",
            "2 incomplete: evidence was lost, or they are older than their collector",
            "1 connection of the probe not listed");
    assertThat(record.tally().byWitness().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(record.tally().connections());
    assertThat(record.connections()).extracting(KnownConnection::connectedAt).isSorted().hasSize(8);
  }

  @Test
  void should_have_the_connections_of_the_host_that_is_asked_for() {
    var record = new ConnectionRecord(Optional.of("web-18"));
    record.add(decided(1).build());
    record.add(ended(1).build());
    record.add(decided(2).setHost("web-18").build());

    assertThat(record.connections()).extracting(KnownConnection::host).containsExactly("web-18");
  }

  @Test
  void should_print_a_connection_with_its_sessions() {
    // given
    var record =
        recordOf(
            List.of(decided(1).build()),
            List.of(
                ended(1)
                    .setSessions(3)
                    .setOpenedSessions(
                        List.of(
                            session(
                                Optional.of(Duration.ofSeconds(78)),
                                new StartedProgram("/usr/bin/bash", 1),
                                new StartedProgram("/tmp/a\u001b[2Jb\nc", 1_200)),
                            OpenedSession.newBuilder(session(Optional.empty()))
                                .setFurtherStarts(1)
                                .setComplete(false)
                                .build()))
                    .build()));

    // then
    assertThat(ConnectionText.lines(record.connections().getFirst()))
        .containsExactly(
            "2026-03-29 12:00:01Z  web-17  ACCEPTED  publickey  user a1a1  from b2b2  key c3c3  1"
                + " min 30 s  38 ms CPU  by kernel-and-log",
            "  session 1  2026-03-29 12:00:02Z  1 min 18 s  /usr/bin/bash, /tmp/a?[2Jb?c ×1,200",
            "  session 2  2026-03-29 12:00:02Z  its end was not seen  1 further start, perhaps"
                + " more",
            "  1 more session");
  }

  @Test
  void should_say_what_is_not_known() {
    assertThat(
            recordOf(
                    List.of(
                        decided(1)
                            .setOutcome(Outcome.FAILED)
                            .setMethod(Method.UNKNOWN)
                            .setUserClass(UserClass.ROOT)
                            .setSourceNetwork(SourceNetwork.OUTSIDE)
                            .clearKeyPseudonym()
                            .build()),
                    List.of(ended(2).setUserClass(UserClass.UNKNOWN).setComplete(false).build()))
                .connections()
                .stream()
                .flatMap(each -> ConnectionText.lines(each).stream()))
        .containsExactly(
            "2026-03-29 12:00:01Z  web-17  FAILED  root  from b2b2 (outside)  open  by"
                + " kernel-and-log",
            "2026-03-29 12:00:02Z  web-17  ACCEPTED  publickey  1 min 30 s  38 ms CPU  by"
                + " kernel-and-log  incomplete");
  }

  @Test
  void should_give_both_records_as_json() throws Exception {
    var decision = decided(1).build();
    var end = ended(1).build();

    var json =
        new ObjectMapper()
            .readTree(
                ConnectionText.json(
                    recordOf(List.of(decision), List.of(end)).connections().getFirst()));
    var open =
        new ObjectMapper()
            .readTree(
                ConnectionText.json(
                    recordOf(List.of(decision), List.of()).connections().getFirst()));

    assertThat(RecordJson.read(AuthTiming.class, json.path("decided"))).isEqualTo(decision);
    assertThat(RecordJson.read(SessionCpu.class, json.path("ended"))).isEqualTo(end);
    assertThat(open.path("ended").isNull()).isTrue();
  }
}
