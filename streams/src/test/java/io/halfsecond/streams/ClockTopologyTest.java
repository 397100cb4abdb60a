package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.Logins.inState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Hosts whose clocks are wrong: each gets the alerts that it would get with a right one.
class ClockTopologyTest {
  private static final int LEARNED = 500;
  private static final int SHIFTED = 40;

  @TempDir private Path stateDirectory;

  enum Clock {
    RIGHT,
    SET_BACK_2_H_AT_THE_SHIFT,
    SET_BACK_2_H_BEFORE_IT,
    SET_BACK_25_H,
    SET_FORWARD_3_H,
    BEHIND_25_H,
    AHEAD_30_MIN,
    AHEAD_3_H,
    AHEAD_3_H_THEN_RIGHT,
    STEPPING_TWICE,
    DRIFTING_BY_1_PERCENT;

    /// What it shows.
    Instant at(Instant right) {
      boolean before = right.isBefore(Logins.minute(LEARNED - 5));
      return right.plus(
          switch (this) {
            case RIGHT -> Duration.ZERO;
            case SET_BACK_2_H_AT_THE_SHIFT ->
                hours(right.isBefore(Logins.minute(LEARNED)) ? 0 : -2);
            case SET_BACK_2_H_BEFORE_IT -> hours(before ? 0 : -2);
            case SET_BACK_25_H -> hours(before ? 0 : -25);
            case SET_FORWARD_3_H -> hours(before ? 0 : 3);
            case BEHIND_25_H -> hours(-25);
            case AHEAD_30_MIN -> Duration.ofMinutes(30);
            case AHEAD_3_H -> hours(3);
            case AHEAD_3_H_THEN_RIGHT -> hours(before ? 3 : 0);
            case STEPPING_TWICE ->
                hours(
                    right.isBefore(Logins.minute(200))
                        ? 0
                        : right.isBefore(Logins.minute(400)) ? -2 : 1);
            case DRIFTING_BY_1_PERCENT -> Duration.between(START, right).dividedBy(100);
          });
    }

    private static Duration hours(int hours) {
      return Duration.ofHours(hours);
    }
  }

  /// A heartbeat every ten seconds, and a login after the first.
  private static List<Telemetry> records(Clock clock, int minute) {
    var records = new ArrayList<Telemetry>();
    long sequence = 7L * minute;
    for (int beat = 0; beat < 6; beat++) {
      var at = clock.at(Logins.minute(minute).plusSeconds(10L * beat));
      records.add(new Telemetry.Heartbeat(heartbeat(sequence++, at).build()));
      if (beat == 0) {
        records.add(login(clock, minute, sequence++));
      }
    }
    return records;
  }

  private static Telemetry login(Clock clock, int minute, long sequence) {
    var login = Logins.login(minute, new SplittableRandom(minute));
    var at = login.getDecidedAt();
    var ahead = Duration.between(at, clock.at(at));
    return new Telemetry.Authentication(
        (minute < LEARNED ? login : Logins.backdoored(login))
            .setSequence(sequence)
            .setConnectedAt(login.getConnectedAt().plus(ahead))
            .setDecidedAt(at.plus(ahead))
            .build());
  }

  /// At the true time of each.
  private static void send(Harness harness, Clock clock, int from, int to) {
    for (int minute = from; minute < to; minute++) {
      for (var record : records(clock, minute)) {
        harness.sendAt(Logins.minute(minute).plusSeconds(55), record);
      }
    }
  }

  private static List<Alert> opened(Harness harness) {
    return inState(harness.alerts(), AlertState.OPENED);
  }

  private static void assertTold(List<Alert> opened) {
    // These heartbeats claim that whatever has a lower number has arrived.
    var shifts =
        opened.stream().filter(alert -> alert.getFinding() instanceof ShiftFinding).toList();
    assertThat(shifts)
        .extracting(FindingView::signal)
        .containsExactlyInAnyOrder("startup", "cpu-startup");
    assertThat(shifts)
        .allSatisfy(
            alert ->
                assertThat(shift(alert).getShift())
                    .isCloseTo(490.0 * Given.MILLI, within(20.0 * Given.MILLI)));
  }

  @ParameterizedTest
  @EnumSource
  void should_judge_a_host_in_its_own_order_of_events_whatever_its_clock_says(Clock clock) {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, clock, 0, LEARNED);
      assertThat(harness.alerts()).isEmpty();

      // when
      send(harness, clock, LEARNED, LEARNED + SHIFTED);

      // then
      var opened = opened(harness);
      assertTold(opened);
      assertThat(opened).hasSize(2).allMatch(Alert::getTelemetryComplete);
      assertThat(harness.deadLetters()).isEmpty();
    }
  }

  /// For a host that is behind from the beginning, nothing says so.
  @ParameterizedTest
  @EnumSource(
      names = {"BEHIND_25_H", "STEPPING_TWICE", "DRIFTING_BY_1_PERCENT"},
      mode = EnumSource.Mode.EXCLUDE)
  void should_date_the_onset_in_true_time(Clock clock) {
    try (var harness = new Harness(stateDirectory)) {
      send(harness, clock, 0, LEARNED + SHIFTED);

      assertThat(opened(harness))
          .isNotEmpty()
          .allSatisfy(
              alert ->
                  assertThat(alert.getOnset())
                      .isBetween(Logins.minute(LEARNED - 5), Logins.minute(LEARNED + 5)));
    }
  }

  @Test
  void should_name_the_step_of_the_clock_among_the_suspects() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(fingerprint(0, START));

      // when
      send(harness, Clock.SET_BACK_2_H_AT_THE_SHIFT, 0, LEARNED + SHIFTED);

      // then
      assertThat(opened(harness))
          .isNotEmpty()
          .allSatisfy(
              alert ->
                  assertThat(alert.getChanges())
                      .anySatisfy(
                          change -> {
                            assertThat(change.getKind()).isEqualTo(ChangeKind.CLOCK);
                            assertThat(change.getFits()).isTrue();
                          }));
      assertThat(opened(harness)).isEmpty();
      assertThat(harness.scraped("halfsecond_clocks_set_total")).isEqualTo(1);
    }
  }

  @Test
  void should_count_no_step_of_a_clock_that_is_right() {
    try (var harness = new Harness(stateDirectory)) {
      send(harness, Clock.RIGHT, 0, 100);
      send(harness, Clock.DRIFTING_BY_1_PERCENT, 100, 200);

      assertThat(harness.scraped("halfsecond_clocks_set_total")).isZero();
    }
  }

  /// Records of a minute come in any order, and twice.
  @ParameterizedTest
  @EnumSource
  void should_judge_the_same_when_records_are_shuffled_and_doubled(Clock clock) {
    try (var harness = new Harness(stateDirectory)) {
      var random = new Random(clock.name().hashCode());
      for (int minute = 0; minute < LEARNED + SHIFTED; minute++) {
        var records = records(clock, minute);
        records.addAll(records(clock, minute));
        // Heartbeats stay in order: their topic has one partition for the host.
        var login = records.remove(1);
        records.add(random.nextInt(records.size()), login);
        for (var record : records) {
          harness.sendAt(Logins.minute(minute).plusSeconds(55), record);
        }
      }

      assertTold(opened(harness));
    }
  }

  @Test
  void should_judge_on_with_the_same_correction_after_a_restart_of_the_collector() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var clock = Clock.SET_BACK_2_H_BEFORE_IT;
      send(harness, clock, 0, LEARNED);

      // when
      for (int minute = LEARNED; minute < LEARNED + SHIFTED; minute++) {
        for (var record : records(clock, minute)) {
          harness.sendAt(Logins.minute(minute).plusSeconds(55), ofAnotherRun(record));
        }
      }

      // then
      assertTold(opened(harness));
      assertThat(harness.scraped("halfsecond_clocks_set_total")).isEqualTo(1);
    }
  }

  @Test
  void should_not_retire_hosts_by_a_clock_that_is_weeks_ahead() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, Clock.RIGHT, 0, 10);
      var now = START.plus(Duration.ofDays(2));
      var ahead = now.plus(Duration.ofDays(29)).plus(Duration.ofHours(12));

      // when
      for (int n = 0; n < 2; n++) {
        harness.sendAt(
            now,
            new Telemetry.Heartbeat(
                heartbeat(n, ahead.plusSeconds(10L * n)).setHost("web-18").build()));
      }

      // then
      assertThat(harness.scraped("halfsecond_hosts_retired_total")).isZero();
      assertThat(harness.scraped("halfsecond_hosts")).isEqualTo(2);
    }
  }

  private static Telemetry ofAnotherRun(Telemetry telemetry) {
    return switch (telemetry) {
      case Telemetry.Authentication(var timing) -> {
        timing.setCollector("another-run");
        yield telemetry;
      }
      case Telemetry.Heartbeat(var status) -> {
        status.setCollector("another-run");
        yield telemetry;
      }
      default -> throw new AssertionError(telemetry);
    };
  }
}
