package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.engine.TestEngine.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SilenceFinderTest {
  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final OpenAlerts alerts = OpenAlerts.inMemory();
  private final MapStore stored = new MapStore();
  private HostEngine engine = TestEngine.of(new HostStates(stored, 1), alerts, List.of());

  /// The wall clock. That of the host is the same.
  private Instant now = START;

  /// Since when the topology reads.
  private Instant readingSince = START;

  private String run = "run-1";
  private int sequence;
  private UnaryOperator<CollectorStatus.Builder> saying = heartbeat -> heartbeat;

  private List<Alert> beat() {
    return beat(false);
  }

  private List<Alert> beat(boolean goodbye) {
    var status =
        saying.apply(
            heartbeat(sequence++, now)
                .setCollector(run)
                .setHeartbeatMillis(EVERY.toMillis())
                .setGoodbye(goodbye));
    return records(engine.take(new Telemetry.Heartbeat(status.build()), now.toEpochMilli()));
  }

  private List<Alert> goodbye() {
    return beat(true);
  }

  /// Heartbeats until a time has passed.
  private List<Alert> live(Duration time) {
    var told = new ArrayList<Alert>();
    var end = now.plus(time);
    while (now.isBefore(end)) {
      pass(EVERY);
      told.addAll(beat());
    }
    return told;
  }

  /// Another run of the collector begins.
  private List<Alert> start(String name) {
    run = name;
    sequence = 0;
    return beat();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private List<Alert> judge() {
    return records(engine.silence(now.toEpochMilli(), readingSince.toEpochMilli()));
  }

  private List<Alert> judgeAfter(Duration time) {
    pass(time);
    return judge();
  }

  private void restartTopology() {
    engine.write();
    engine = TestEngine.of(new HostStates(stored, 1), alerts, List.of());
    engine.resume(HOST, now.toEpochMilli());
    readingSince = now;
  }

  private static void assertOpened(List<Alert> told, String subject, Tier tier) {
    assertThat(told)
        .extracting(Alert::getState)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    assertThat(told)
        .allSatisfy(
            alert -> {
              assertThat(alert.getSubject()).isEqualTo(subject);
              assertThat(alert.getTier()).isEqualTo(tier);
            });
  }

  @Nested
  class Collectors {
    @BeforeEach
    void begin() {
      beat();
      assertThat(live(MINUTE)).isEmpty();
    }

    @Test
    void should_page_when_heartbeats_end_without_a_goodbye() {
      var last = now;

      var early = judgeAfter(SilenceFinder.SILENT_AFTER.minusMillis(1));
      var told = judgeAfter(Duration.ofMillis(1));
      var later = judgeAfter(Duration.ofDays(1));

      assertThat(last).isEqualTo(START.plus(MINUTE));
      assertThat(early).isEmpty();
      assertOpened(told, "silence/collector", Tier.STEP);
      assertThat(told.getLast().getTitle())
          .startsWith(
              "web-17: collector silent without a goodbye, last heartbeat 2024-03-29 12:01:00Z"
                  + " (silence) [");
      assertThat(told.getLast().getSummary())
          .startsWith(
              "web-17: collector silent without a goodbye, last heartbeat 2024-03-29 12:01:00Z"
                  + " (silence), seen 2024-03-29 12:02:00Z. heartbeat: none since 2024-03-29"
                  + " 12:01:00Z; run run-1: has said no goodbye.");
      assertThat(later).isEmpty();
    }

    @Test
    void should_end_the_alert_when_the_collector_was_started_again() {
      judgeAfter(MINUTE);
      pass(MINUTE);

      var over = start("run-2");

      assertThat(over)
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                assertThat(alert.getTitle())
                    .startsWith(
                        "web-17: collector silent without a goodbye (silence) is over: the"
                            + " collector was started again 2024-03-29 12:00:00Z [");
              });
      assertThat(alerts.open()).isEmpty();
      assertThat(judgeAfter(MINUTE)).as("it is watched again").hasSize(2);
    }

    @Test
    void should_say_so_when_the_collector_has_lived_all_the_time() {
      judgeAfter(MINUTE);
      pass(MINUTE);

      assertThat(beat())
          .singleElement()
          .satisfies(
              alert ->
                  assertThat(alert.getSummary())
                      .startsWith(
                          "web-17: collector silent without a goodbye (silence) is over since"
                              + " 2024-03-29 12:03:00Z: the same run goes on; it did not reach"
                              + " Kafka, or the host slept."));
    }

    @Test
    void should_say_nothing_of_a_collector_that_was_stopped_on_purpose() {
      pass(EVERY);
      goodbye();

      assertThat(judgeAfter(Duration.ofDays(3))).isEmpty();
      assertThat(start("run-2")).isEmpty();
      assertThat(judgeAfter(MINUTE)).as("the next run has said nothing").hasSize(2);
    }

    @Test
    void should_say_nothing_of_upgrades_one_after_the_other() {
      for (int n = 2; n < 9; n++) {
        pass(EVERY);
        assertThat(goodbye()).isEmpty();
        pass(EVERY);
        assertThat(start("run-" + n)).isEmpty();
        assertThat(judge()).isEmpty();
      }
    }

    @Test
    void should_wait_the_whole_time_again_after_the_broker_was_away() {
      // given: nobody judges while nothing is read
      pass(Duration.ofMinutes(5));
      readingSince = now;

      // then
      assertThat(judge()).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      assertThat(beat()).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_wait_the_whole_time_again_after_the_topology_was_started_again() {
      pass(Duration.ofMinutes(5));
      restartTopology();

      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_know_goodbyes_and_alerts_after_the_topology_was_started_again() {
      // given a host with an alert
      judgeAfter(MINUTE);
      restartTopology();
      assertThat(judgeAfter(Duration.ofMinutes(2))).as("it is open").isEmpty();

      // when
      restartTopology();
      var over = start("run-2");
      goodbye();
      restartTopology();

      // then
      assertThat(over).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
      assertThat(judgeAfter(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void should_allow_for_the_time_between_heartbeats() {
      saying = status -> status.setHeartbeatMillis(MINUTE.toMillis());
      beat();

      assertThat(judgeAfter(Duration.ofSeconds(179))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_be_patient_with_a_collector_that_does_not_tell_it() {
      saying = status -> status.setHeartbeatMillis(0);
      beat();

      assertThat(judgeAfter(Duration.ofSeconds(599))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_not_be_misled_when_the_clock_is_set_back() {
      pass(Duration.ofHours(-1));
      readingSince = now;

      assertThat(judge()).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_judge_by_its_own_clock_whatever_that_of_the_host_says() {
      saying = status -> status.setAt(now.plus(Duration.ofMinutes(9)));
      pass(EVERY);
      beat();
      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      saying = status -> status.setAt(now.minus(Duration.ofMinutes(9)));
      beat();
      assertThat(judgeAfter(Duration.ofSeconds(59))).isEmpty();
      assertThat(judgeAfter(Duration.ofSeconds(1))).hasSize(2);
    }

    @Test
    void should_say_nothing_of_a_host_that_has_gone_long_ago() {
      pass(Duration.ofDays(8));
      restartTopology();

      assertThat(judgeAfter(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void should_open_nothing_for_what_was_accepted_until_it_was_over() {
      var alert = judgeAfter(MINUTE).getFirst();
      var accepted =
          engine.take(
              new Input.Control(Given.decided(alert, Decision.ACCEPT, now)), now.toEpochMilli());
      restartTopology();

      assertThat(records(accepted)).hasSize(1);
      assertThat(judgeAfter(Duration.ofHours(1))).isEmpty();
      start("run-2");
      assertThat(judgeAfter(MINUTE)).hasSize(2);
    }

    @Test
    void should_forget_a_host_that_has_retired() {
      pass(Duration.ofDays(31));
      engine.take(
          new Telemetry.Heartbeat(heartbeat(0, now).setHost("web-18").build()), now.toEpochMilli());
      pass(Duration.ofDays(1));
      engine.take(
          new Telemetry.Heartbeat(heartbeat(1, now).setHost("web-18").setGoodbye(true).build()),
          now.toEpochMilli());

      assertThat(judgeAfter(Duration.ofHours(1))).isEmpty();
    }
  }

  @Test
  void should_not_judge_a_host_that_has_never_sent_a_heartbeat() {
    engine.take(new Telemetry.Authentication(auth(0, now).build()), now.toEpochMilli());

    assertThat(judgeAfter(Duration.ofDays(1))).isEmpty();
  }

  @Nested
  class Restarts {
    @BeforeEach
    void begin() {
      beat();
      live(MINUTE);
    }

    private List<Alert> crash(int times, Duration between) {
      var told = new ArrayList<Alert>();
      for (int n = 0; n < times; n++) {
        pass(between);
        told.addAll(start(run + "+"));
      }
      return told;
    }

    @Test
    void should_open_a_ticket_when_runs_end_again_and_again() {
      assertThat(crash(2, Duration.ofSeconds(30))).isEmpty();

      var told = crash(1, Duration.ofSeconds(30));

      assertOpened(told, "silence/restarts", Tier.CREEP);
      assertThat(told.getLast().getTitle())
          .startsWith(
              "web-17: collector starts again and again without a goodbye, 3 times within 1 min 0"
                  + " s (silence) [");
      assertThat(crash(5, Duration.ofSeconds(30))).as("it is open").isEmpty();
      assertThat(judge()).as("it is not silent").isEmpty();
    }

    @Test
    void should_end_it_when_a_run_has_lived_for_half_an_hour() {
      crash(3, Duration.ofSeconds(30));

      assertThat(live(Duration.ofMinutes(29))).isEmpty();
      assertThat(live(MINUTE)).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
      assertThat(crash(2, EVERY)).as("earlier restarts do not count").isEmpty();
    }

    @Test
    void should_say_nothing_of_restarts_now_and_then() {
      assertThat(crash(9, Duration.ofMinutes(8))).isEmpty();
    }

    @Test
    void should_not_count_a_run_before_which_one_was_stopped_on_purpose() {
      crash(2, EVERY);
      goodbye();

      assertThat(crash(1, EVERY)).isEmpty();
    }

    @Test
    void should_not_depend_on_restarts_of_the_topology() {
      crash(2, EVERY);
      restartTopology();
      assertThat(crash(1, EVERY)).hasSize(2);
      restartTopology();

      assertThat(live(Duration.ofMinutes(30))).hasSize(1);
    }
  }

  @Nested
  class Sources {
    private static SourceStatus source(String name, SourceState state) {
      return SourceStatus.newBuilder()
          .setName(name)
          .setState(state)
          .setDetail(state == SourceState.UNAVAILABLE ? "no permission" : "")
          .build();
    }

    private void kernelIs(SourceState state) {
      saying =
          status ->
              status.setSources(
                  List.of(source("kernel", state), source("log", SourceState.RUNNING)));
    }

    @Test
    void should_open_a_ticket_for_a_source_that_was_there() {
      kernelIs(SourceState.RUNNING);
      beat();
      kernelIs(SourceState.UNAVAILABLE);

      // when
      var early = live(MINUTE);
      var told = live(EVERY);

      // then
      assertThat(early).isEmpty();
      assertOpened(told, "silence/source/kernel", Tier.CREEP);
      assertThat(told.getLast().getSummary())
          .contains("source kernel: was there, and is not: no permission");
      assertThat(live(MINUTE)).isEmpty();
      kernelIs(SourceState.DEGRADED);
      assertThat(live(EVERY)).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
    }

    @Test
    void should_remember_what_runs_before_have_delivered() {
      kernelIs(SourceState.RUNNING);
      beat();
      goodbye();
      kernelIs(SourceState.UNAVAILABLE);
      start("run-2");
      assertThat(live(MINUTE)).hasSize(2);

      // when
      goodbye();
      start("run-3");
      restartTopology();

      // then
      assertThat(live(MINUTE)).as("it is open").isEmpty();
      kernelIs(SourceState.RUNNING);
      assertThat(live(EVERY)).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
    }

    @Test
    void should_say_nothing_of_a_source_that_needs_a_moment_or_was_never_there() {
      kernelIs(SourceState.UNAVAILABLE);
      beat();
      assertThat(live(Duration.ofHours(1))).isEmpty();

      kernelIs(SourceState.RUNNING);
      live(EVERY);
      kernelIs(SourceState.UNAVAILABLE);
      live(MINUTE.minus(EVERY));
      kernelIs(SourceState.RUNNING);
      assertThat(live(MINUTE)).isEmpty();
    }

    @Test
    void should_say_nothing_of_a_source_that_is_not_wanted_any_more() {
      kernelIs(SourceState.RUNNING);
      beat();
      kernelIs(SourceState.UNAVAILABLE);
      assertThat(live(Duration.ofMinutes(2))).hasSize(2);

      // when
      goodbye();
      saying = status -> status.setSources(List.of(source("log", SourceState.RUNNING)));

      // then
      assertThat(start("run-2")).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
    }

    @Test
    void should_not_take_the_end_of_a_run_for_that_of_its_sources() {
      kernelIs(SourceState.RUNNING);
      beat();
      kernelIs(SourceState.UNAVAILABLE);
      pass(MINUTE);
      assertThat(goodbye()).isEmpty();
      pass(Duration.ofMinutes(2));
      assertThat(start("run-2")).isEmpty();
    }
  }

  @Nested
  class Numbers {
    /// Records after the last heartbeat that Kafka has acknowledged and that never came.
    private List<Alert> lose(int records) {
      sequence += records;
      long settled = sequence;
      saying =
          status ->
              status.setRuns(
                  List.of(
                      RunProgress.newBuilder()
                          .setCollector(run)
                          .setAssigned(settled + 1)
                          .setSettled(settled)
                          .setLastAcknowledged(Map.of())
                          .setDropped(Map.of())
                          .build()));
      return live(EVERY);
    }

    @Test
    void should_tell_that_records_are_missing() {
      beat();

      var first = lose(3);
      var soon = lose(2);
      live(Duration.ofMinutes(10));
      var later = lose(1);

      assertOpened(first, "silence/numbers", Tier.CREEP);
      assertThat(soon).isEmpty();
      assertThat(later).extracting(Alert::getState).containsExactly(AlertState.UPDATED);
      assertThat(later.getFirst().getSummary())
          .startsWith(
              "web-17: records that Kafka has acknowledged are missing (silence), seen 2024-03-29"
                  + " 12:00:10Z. numbers: 3 more at 2024-03-29 12:00:10Z, 3 since the host was"
                  + " first seen; numbers: 1 more at 2024-03-29 12:10:30Z, 6 since the host was"
                  + " first seen.");
      assertThat(lose(0)).isEmpty();
    }

    @Test
    void should_tell_the_next_after_those_that_were_accepted() {
      beat();
      var alert = lose(3).getFirst();
      engine.take(
          new Input.Control(Given.decided(alert, Decision.ACCEPT, now)), now.toEpochMilli());

      assertThat(lose(0)).isEmpty();
      assertThat(lose(1)).hasSize(2);
    }
  }
}
