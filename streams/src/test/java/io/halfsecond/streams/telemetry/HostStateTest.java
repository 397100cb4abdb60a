package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.Given.COLLECTOR;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SpoolState;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.streams.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostStateTest {
  private HostState state = HostState.fresh();

  private static RunProgress.Builder progress(long assigned, long settled) {
    return RunProgress.newBuilder()
        .setCollector(COLLECTOR)
        .setAssigned(assigned)
        .setSettled(settled)
        .setLastAcknowledged(Map.of())
        .setDropped(Map.of());
  }

  private HostState.Arrival login(long n, Instant at) {
    return state.accept(new Telemetry.Authentication(auth(n, at).build()));
  }

  private HostState.Arrival login(long n) {
    return login(n, START.plusMillis(n));
  }

  private HostState.Arrival beat(long n, RunProgress.Builder... runs) {
    return beat(COLLECTOR, n, START.plusMillis(n), runs);
  }

  private HostState.Arrival beat(String run, long n, Instant at, RunProgress.Builder... runs) {
    return state.accept(
        new Telemetry.Heartbeat(
            heartbeat(n, at)
                .setCollector(run)
                .setStartedAt(START)
                .setRuns(List.of(runs).stream().map(RunProgress.Builder::build).toList())
                .build()));
  }

  private long lost(String reason) {
    return state.losses().totals().getOrDefault(reason, 0L);
  }

  @Nested
  class Gaps {
    @Test
    void should_count_a_record_that_was_acknowledged_and_is_not_there() {
      // given
      login(0);
      login(1);
      login(3);
      beat(4, progress(5, 4).setLastAcknowledged(Map.of("ssh.auth-timing", 3L)));

      // then
      assertThat(lost(Losses.MISSING)).isEqualTo(1);
      assertThat(state.lossesSince(START))
          .containsExactly(new TelemetryLoss(Losses.MISSING, 1L, START.plusMillis(4)));
      assertThat(state.lossesSince(START.plusMillis(5))).isEmpty();
    }

    @Test
    void should_count_nothing_while_the_collector_still_has_the_records() {
      login(0);
      beat(900, progress(901, 1).setLastAcknowledged(Map.of("ssh.auth-timing", 0L)));
      for (int n = 1; n < 900; n++) {
        login(n, START.plusSeconds(n));
      }
      beat(901, progress(902, 901).setLastAcknowledged(Map.of("ssh.auth-timing", 899L)));

      assertThat(state.losses().totals()).isEmpty();
    }

    @Test
    void should_count_nothing_while_acknowledged_records_of_another_topic_were_not_read() {
      login(0);
      beat(4, progress(5, 4).setLastAcknowledged(Map.of("ssh.probe", 2L, "ssh.auth-timing", 3L)));
      login(1);
      login(3);
      assertThat(state.losses().totals()).isEmpty();

      // when
      state.accept(new Telemetry.Probe(probe(2, START.plusMillis(2)).build()));

      // then
      assertThat(state.losses().totals()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void should_count_exactly_what_is_missing_in_any_order_of_the_topics(long seed) {
      // given 1,000 records on three topics, each in order, and a heartbeat after each hundred
      var random = new Random(seed);
      var missing =
          random.ints(1, 990).filter(n -> n % 100 != 0).distinct().limit(7).boxed().toList();
      var topics =
          List.of(new ArrayList<Integer>(), new ArrayList<Integer>(), new ArrayList<Integer>());
      for (int n = 0; n < 1_000; n++) {
        if (n % 100 != 99) {
          topics.get(random.nextInt(3)).add(n);
        }
      }
      var steps = new ArrayList<Runnable>();
      var turns = new ArrayList<Integer>();
      for (int topic = 0; topic < 3; topic++) {
        turns.addAll(Collections.nCopies(topics.get(topic).size(), topic));
      }
      for (int beats = 0; beats < 10; beats++) {
        turns.add(3);
      }
      Collections.shuffle(turns, random);
      var read = new int[4];
      for (int topic : turns) {
        if (topic < 3) {
          int n = topics.get(topic).get(read[topic]++);
          if (!missing.contains(n)) {
            steps.add(() -> login(n));
          }
        } else {
          int n = 100 * read[3]++ + 99;
          var last = new HashMap<String, Long>();
          for (int other = 0; other < 3; other++) {
            var name = "topic-" + other;
            topics.get(other).stream()
                .filter(sent -> sent < n && !missing.contains(sent))
                .max(Integer::compare)
                .ifPresent(newest -> last.put(name, (long) newest));
          }
          steps.add(() -> beat(n, progress(n + 1L, n).setLastAcknowledged(last)));
        }
      }
      login(0);

      // when
      steps.forEach(Runnable::run);
      beat(1_000, progress(1_001, 1_000));

      // then
      assertThat(lost(Losses.MISSING)).isEqualTo(missing.size());
    }

    @Test
    void should_not_count_as_missing_what_the_collector_gave_up() {
      login(0);
      beat(
          10,
          progress(11, 10)
              .setLastAcknowledged(Map.of("ssh.auth-timing", 0L))
              .setDropped(Map.of("spool-full", 6L, "rejected", 1L)));

      assertThat(state.losses().totals())
          .containsOnly(entry("spool-full", 6L), entry("rejected", 1L), entry("missing", 2L));

      // the same account again is no new loss
      beat(11, progress(12, 10).setDropped(Map.of("spool-full", 6L, "rejected", 1L)));
      assertThat(lost("spool-full")).isEqualTo(6);
    }

    @Test
    void should_count_no_gap_before_the_first_record_of_a_host() {
      var began = START.minus(Duration.ofDays(9));
      state.accept(
          new Telemetry.Heartbeat(
              heartbeat(1_000, START)
                  .setStartedAt(began)
                  .setRuns(List.of(progress(1_001, 1_000).build()))
                  .build()));

      assertThat(state.losses().totals()).isEmpty();
      assertThat(login(17)).isEqualTo(HostState.Arrival.NEW);
    }

    @Test
    void should_count_a_record_that_was_lost_before_the_first_heartbeat_of_a_later_run() {
      login(0);
      state.accept(
          new Telemetry.Heartbeat(
              heartbeat(2, START.plusSeconds(30))
                  .setCollector("run-2")
                  .setStartedAt(START.plusSeconds(20))
                  .setRuns(List.of(progress(3, 2).setCollector("run-2").build()))
                  .build()));

      assertThat(lost(Losses.MISSING)).isEqualTo(2);
    }

    @Test
    void should_give_up_waiting_for_an_acknowledged_record_that_never_comes() {
      login(0);
      for (int n = 0; n <= SequenceRun.PATIENCE; n++) {
        beat(2 + n, progress(3 + n, 2).setLastAcknowledged(Map.of("ssh.probe", 1L)));
      }

      assertThat(lost(Losses.MISSING)).isEqualTo(1);
    }

    /// A partition was out of reach for so long that its records were judged lost.
    @Test
    void should_take_a_record_that_was_judged_lost_once() {
      // given
      login(0);
      login(3);
      for (int n = 0; n <= SequenceRun.PATIENCE; n++) {
        beat(4 + n, progress(5 + n, 4).setLastAcknowledged(Map.of("ssh.probe", 2L)));
      }
      assertThat(lost(Losses.MISSING)).isEqualTo(2);

      // when
      state = HostState.fromBytes(state.toBytes());
      assertThat(login(2)).isEqualTo(HostState.Arrival.NEW);
      assertThat(login(2)).isEqualTo(HostState.Arrival.DUPLICATE);
      assertThat(login(3)).isEqualTo(HostState.Arrival.DUPLICATE);
      assertThat(login(1)).isEqualTo(HostState.Arrival.NEW);

      // then
      assertThat(lost(Losses.MISSING)).isEqualTo(2);
    }

    @Test
    void should_forget_the_lowest_gaps_without_calling_them_lost() {
      for (int n = 0; n < 4_000; n += 2) {
        login(n);
      }

      assertThat(state.losses().totals()).isEmpty();
      assertThat(HostState.fromBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
      assertThat(login(1)).isEqualTo(HostState.Arrival.NEW);
      assertThat(login(3_999)).isEqualTo(HostState.Arrival.NEW);
      assertThat(login(3_999)).isEqualTo(HostState.Arrival.DUPLICATE);
    }

    @Test
    void should_understand_a_collector_that_sends_no_progress() {
      login(0);
      beat(3);

      assertThat(lost(Losses.MISSING)).isEqualTo(2);
    }
  }

  @Nested
  class Runs {
    @Test
    void should_tell_a_restart_as_a_loss_of_telemetry_and_of_no_record() {
      beat(17, progress(18, 17));
      beat("run-2", 0, START.plusSeconds(30), progress(1, 0).setCollector("run-2"));

      assertThat(state.lossesSince(START.plusSeconds(30)))
          .extracting(TelemetryLoss::getReason)
          .containsExactly(Losses.RESTART);
      assertThat(state.lossesSince(START.plusSeconds(31))).isEmpty();
      assertThat(lost(Losses.MISSING)).isZero();
    }

    @Test
    void should_settle_a_killed_run_by_the_account_of_the_next() {
      // given a run of 10 records, of which 3 were lost with the process and 2 are in the spool
      for (int n = 0; n < 5; n++) {
        login(n);
      }
      var ended =
          progress(10, 5)
              .setEnded(true)
              .setUnaccounted(3)
              .setLastAcknowledged(Map.of("ssh.auth-timing", 4L));

      // when
      beat("run-2", 0, START.plusSeconds(30), progress(1, 0).setCollector("run-2"), ended);
      login(5);
      login(6);
      beat(
          "run-2",
          1,
          START.plusSeconds(40),
          progress(2, 1).setCollector("run-2"),
          ended.setSettled(10).setLastAcknowledged(Map.of("ssh.auth-timing", 6L)));

      // then
      assertThat(lost("killed")).isEqualTo(3);
      assertThat(lost(Losses.MISSING)).isZero();
    }

    @Test
    void should_expect_the_records_of_a_run_that_only_its_successor_names() {
      login(0);
      beat(1, progress(2, 1));
      var spooled = progress(4, 0).setCollector("run-2").setEnded(true);

      // when
      beat("run-3", 0, START.plusSeconds(30), progress(1, 0).setCollector("run-3"), spooled);
      for (int n : new int[] {0, 1, 3}) {
        state.accept(
            new Telemetry.Authentication(
                auth(100 + n, START.plusSeconds(n)).setCollector("run-2").setSequence(n).build()));
      }
      beat(
          "run-3",
          1,
          START.plusSeconds(40),
          progress(2, 1).setCollector("run-3"),
          spooled.setSettled(4).setLastAcknowledged(Map.of("ssh.auth-timing", 3L)));

      // then
      assertThat(lost(Losses.MISSING)).isEqualTo(1);
    }

    @Test
    void should_take_the_record_of_an_unknown_old_run_for_late() {
      login(0, START);

      assertThat(
              state.accept(
                  new Telemetry.Inventory(
                      fingerprint(3, START.minus(Duration.ofHours(25)))
                          .setCollector("run-0")
                          .build())))
          .isEqualTo(HostState.Arrival.LATE);
      assertThat(state.losses().totals()).isEmpty();
    }

    @Test
    void should_know_a_record_that_comes_again() {
      assertThat(login(0)).isEqualTo(HostState.Arrival.NEW);
      assertThat(beat(4, progress(5, 1))).isEqualTo(HostState.Arrival.NEW);
      assertThat(login(2)).isEqualTo(HostState.Arrival.NEW);

      assertThat(beat(4, progress(5, 1))).isEqualTo(HostState.Arrival.DUPLICATE);
      assertThat(login(2)).isEqualTo(HostState.Arrival.DUPLICATE);
    }
  }

  @Nested
  class LivingCollectorsTest {
    private void beats(String run, int from, int to) {
      for (int n = from; n < to; n++) {
        beat(run, n, START.plusSeconds(10L * n), progress(n + 1, n).setCollector(run));
      }
    }

    @Test
    void should_tell_two_collectors_that_take_turns() {
      for (int n = 0; n < 3; n++) {
        beats("one", n, n + 1);
        assertThat(state.collectors().runs()).isEmpty();
        beats("two", n, n + 1);
        if (n < 1) {
          assertThat(state.collectors().runs()).isEmpty();
        } else {
          break;
        }
      }

      assertThat(state.collectors().runs()).containsExactlyInAnyOrder("one", "two");

      // when one of them ends
      beats("one", 2, 33);

      // then
      assertThat(state.collectors().runs()).isEmpty();
    }

    @Test
    void should_take_restarts_for_one_collector() {
      beats("one", 0, 5);
      beats("two", 0, 5);
      beats("three", 0, 5);

      assertThat(state.collectors().runs()).isEmpty();
    }

    @Test
    void should_not_be_misled_by_heartbeats_that_come_again() {
      beats("one", 0, 3);
      beats("two", 0, 3);
      beats("one", 0, 3);
      beats("two", 0, 3);
      beats("one", 0, 3);

      assertThat(state.collectors().runs()).isEmpty();
    }
  }

  @Test
  void should_count_no_loss_when_a_connection_is_older_than_its_run() {
    state.accept(
        new Telemetry.Authentication(
            auth(0, START).setComplete(false).setSeenSince(START).build()));
    state.accept(
        new Telemetry.Session(session(1, START).setComplete(false).setSeenSince(START).build()));
    assertThat(state.losses().totals()).isEmpty();

    state.accept(
        new Telemetry.Session(
            session(2, START).setComplete(false).setSeenSince(START).setLostEvents(3).build()));
    assertThat(state.losses().totals()).containsOnly(entry(Losses.INCOMPLETE, 1L));
  }

  @Test
  void should_remember_when_evidence_was_lost() {
    state.accept(new Telemetry.Authentication(auth(0, START).setComplete(false).build()));
    state.accept(new Telemetry.Session(session(1, START.plusSeconds(1)).setLostEvents(3).build()));
    for (int n = 2; n < 4; n++) {
      state.accept(
          new Telemetry.Heartbeat(
              heartbeat(n, START.plusSeconds(n))
                  .setSources(List.of(Given.source(5)))
                  .setRuns(List.of(progress(n + 1, n).build()))
                  .build()));
    }

    assertThat(state.losses().totals())
        .containsOnly(entry(Losses.INCOMPLETE, 2L), entry("kernel-lost", 5L));
    assertThat(state.lossesSince(START.plusSeconds(2)))
        .containsExactly(new TelemetryLoss("kernel-lost", 5L, START.plusSeconds(2)));
    assertThat(state.lossesSince(START.plusSeconds(3))).isEmpty();
  }

  @Test
  void should_take_its_cohort_from_any_record() {
    state.accept(
        new Telemetry.SelfTest(selfTest(2, START.plusSeconds(2)).setCohort("debian-12").build()));

    assertThat(state.cohort()).isEqualTo("debian-12");
  }

  @Test
  void should_count_nothing_twice_when_a_collector_names_more_runs_than_usual() {
    var runs = new RunProgress.Builder[40];
    login(0);
    for (int n = 0; n < runs.length; n++) {
      runs[n] =
          progress(5, 2)
              .setCollector("killed-" + n)
              .setEnded(true)
              .setDropped(Map.of("rejected", 1L));
    }
    for (int n = 1; n < 30; n++) {
      beat(n, runs);
    }

    assertThat(lost("rejected")).isEqualTo(40);
    assertThat(lost(Losses.RESTART)).isZero();
  }

  @Test
  void should_bound_reasons_that_a_collector_invents() {
    for (int n = 0; n < 500; n++) {
      beat(n, progress(n + 1, n).setDropped(Map.of("reason-" + n, 1L, "\u001b[31m", 1L + n)));
    }

    assertThat(state.losses().totals()).hasSizeLessThan(40).containsKey("other");
    assertThat(state.toBytes().length).isLessThan(8_000);
  }

  @Test
  void should_say_how_far_records_are_complete() {
    var at = START.plusSeconds(60);
    var spool = SpoolStatus.newBuilder().setState(SpoolState.WRITING).setRecords(9);
    var behind = heartbeat(1, at).setSpool(spool.setOldestAt(START).build()).build();

    assertThat(HostState.completeTo(new Telemetry.Heartbeat(behind))).isEqualTo(START);
    assertThat(HostState.completeTo(new Telemetry.Heartbeat(heartbeat(1, at).build())))
        .isEqualTo(at);
  }

  @Test
  void should_read_back_its_bytes() {
    // given
    assertThat(state.heartbeat()).isEqualTo(Instant.MIN);
    login(0);
    login(5);
    beat(6, progress(7, 6).setLastAcknowledged(Map.of("ssh.probe", 4L)));

    // when
    var copy = HostState.fromBytes(state.toBytes());
    copy.accept(new Telemetry.Probe(probe(4, START.plusMillis(4)).build()));

    // then
    assertThat(copy.losses().totals()).containsOnly(entry(Losses.MISSING, 3L));
    assertThat(copy.clock()).isEqualTo(START.plusMillis(6));
    assertThat(copy.heartbeat()).isEqualTo(START.plusMillis(6));
  }

  /// Two logins, a missing record, and a heartbeat.
  @Test
  void should_read_the_bytes_of_the_version_before() {
    var written =
        HexFormat.of()
            .parseHex(
                """
                04000614cb6115dfa0000614cb6115dfa0000614cb6115d000000964656269616e2d3132000572756e2d31\
                00000000000100076d697373696e6700000000000000020100076d697373696e6700000000000000020006\
                14cb6115dfa0000614cb6115dfa000000000000000000000000001000572756e2d31000000000000000000\
                0000000000000500000000000000020000000000000004000000000000000000000000000000000000\
                000000000002000614cb6115dfa0010000000100000000000000010000000000000003000000\
                00\
                """);

    // when
    state = HostState.fromBytes(written);

    // then
    assertThat(state.cohort()).isEqualTo("debian-12");
    assertThat(state.heartbeat()).isEqualTo(START.plusMillis(4));
    assertThat(lost(Losses.MISSING)).isEqualTo(2);
    assertThat(state.collectorRuns().current()).isEmpty();
    assertThat(login(2)).isEqualTo(HostState.Arrival.NEW);

    // when
    beat("run-2", 0, START.plusSeconds(60));

    // then
    assertThat(HostState.fromBytes(state.toBytes()).collectorRuns())
        .satisfies(
            runs -> {
              assertThat(runs.current()).isEqualTo("run-2");
              assertThat(runs.restarts()).as("how the run before ended is not known").isEmpty();
            });
  }

  @Test
  void should_tell_records_that_are_missing_at_the_record_that_shows_it() {
    login(0);
    login(3);
    beat(4, progress(5, 4).setLastAcknowledged(Map.of("ssh.auth-timing", 3L)));
    assertThat(state.newlyMissing()).isEqualTo(2);

    login(5);
    assertThat(state.newlyMissing()).isZero();
  }

  @Test
  void should_reject_bytes_of_a_newer_version() {
    assertThatThrownBy(() -> HostState.fromBytes(new byte[] {9}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 9");
  }
}
