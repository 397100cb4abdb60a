package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.shift;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.detector.DetectorSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ShiftFindersTest {
  private static final Instant START = Instant.parse("2024-03-25T00:00:00Z");

  private final Random random = new Random(20240329);
  private final Fleet fleet = new Fleet(DetectorSettings.defaults());
  private Instant now = START;

  /// One login on each host in every interval `every`. Hosts differ by a few percent.
  private void live(int hosts, Duration every, Duration time, double shiftNanos) {
    var end = now.plus(time);
    while (now.isBefore(end)) {
      for (int host = 0; host < hosts; host++) {
        connect(host, now.plus(every.multipliedBy(host).dividedBy(hosts)), shiftNanos);
      }
      now = now.plus(every);
    }
  }

  private void connect(int host, Instant at, double shiftNanos) {
    double nanos = (8 + 0.1 * host) * MILLI * Math.exp(0.15 * random.nextGaussian());
    fleet.connect("web-" + host, at, nanos + shiftNanos);
  }

  @Test
  void should_find_a_shift_of_all_hosts_sooner_than_any_host_alone() {
    // given: too few logins to find a small shift on a single host soon
    live(40, Duration.ofMinutes(20), Duration.ofDays(3), 0);
    assertThat(fleet.ofHosts).isEmpty();
    assertThat(fleet.ofCohort).isEmpty();
    var shiftedAt = now;

    // when
    live(40, Duration.ofMinutes(20), Duration.ofHours(6), 13 * MILLI);

    // then
    var opened = Fleet.in(AlertState.OPENED, fleet.ofCohort).getFirst();
    assertThat(opened.getOnset())
        .isBetween(shiftedAt.minusSeconds(60), shiftedAt.plusSeconds(1200));
    assertThat(Fleet.in(AlertState.OPENED, fleet.ofHosts))
        .extracting(Alert::getOpenedAt)
        .allSatisfy(at -> assertThat(at).isAfter(opened.getOpenedAt()));
    assertThat(opened.getHost()).isEmpty();
    assertThat(opened.getCohort()).isEqualTo(Fleet.COHORT);
    assertThat(shift(opened).getBefore().getP50())
        .isCloseTo(9.8 * MILLI, Percentage.withPercentage(5));
    assertThat(shift(opened).getShift())
        .as("preliminary")
        .isCloseTo(13.0 * MILLI, within(3.0 * MILLI));
  }

  @Test
  void should_judge_a_new_host_by_its_cohort() {
    // given
    live(10, Duration.ofMinutes(2), Duration.ofHours(13), 0);
    var joinedAt = now;

    // when
    for (int i = 0; i < 12; i++) {
      fleet.connect("new", now, 508 * MILLI * Math.exp(0.05 * random.nextGaussian()));
      now = now.plus(Duration.ofMinutes(20));
    }

    // then
    var opened = Fleet.in(AlertState.OPENED, fleet.ofHosts);
    assertThat(opened)
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.getOnset()).isEqualTo(joinedAt);
              assertThat(shift(alert).getBefore().getP50())
                  .isCloseTo(8.45 * MILLI, Percentage.withPercentage(6));
            });
  }

  @Test
  void should_not_report_the_time_of_day_as_a_shift_when_the_season_is_known() {
    // given
    var rhythm = Duration.ofDays(23);
    for (var end = now.plus(rhythm); now.isBefore(end); now = now.plus(Duration.ofMinutes(10))) {
      for (int host = 0; host < 8; host++) {
        double day = (double) Duration.between(START, now).toSeconds() / 86_400;
        double nanos = 8 * MILLI * (1 + 0.08 * Math.sin(2 * Math.PI * day));
        fleet.connect(
            "web-" + host, now.plusMillis(host), nanos * Math.exp(0.1 * random.nextGaussian()));
      }
    }

    // then
    assertThat(fleet.ofHosts).isEmpty();
    assertThat(fleet.ofCohort).isEmpty();
  }

  @Test
  void should_apply_decisions_about_a_host_and_about_a_cohort() {
    // given
    live(20, Duration.ofMinutes(10), Duration.ofDays(2), 0);
    live(20, Duration.ofMinutes(10), Duration.ofHours(8), 100 * MILLI);
    var cohortAlert = fleet.ofCohort.getFirst();
    var hostAlert = fleet.ofHosts.getFirst();

    // when, then
    assertThat(fleet.decide(cohortAlert, Decision.ACCEPT, now)).isTrue();
    assertThat(fleet.decide(cohortAlert, Decision.ACCEPT, now)).isFalse();
    assertThat(fleet.decide(hostAlert, Decision.DISMISS, now)).isTrue();
    assertThat(fleet.decide(hostAlert, Decision.ACCEPT, now)).isTrue();
    assertThat(fleet.decide(hostAlert, Decision.ROLL_BACK, now)).isTrue();
    assertThat(fleet.decide(hostAlert, Decision.ROLL_BACK, now)).isFalse();
    assertThat(fleet.decide(hostAlert, Decision.UNKNOWN, now)).isFalse();
    assertThat(OpenAlerts.decision(fleet.ofHosts.getLast())).isEqualTo(Decision.ROLL_BACK);
    assertThat(OpenAlerts.decision(fleet.ofCohort.getLast())).isEqualTo(Decision.ACCEPT);
    assertThat(fleet.hostStates.get("web-0/startup/contended")).as("never measured").isNull();
  }

  @Test
  void should_give_the_same_result_after_a_restart() {
    var other = new ShiftFindersTest();
    for (int hour = 0; hour < 72; hour++) {
      live(10, Duration.ofMinutes(7), Fleet.HOUR, hour < 60 ? 0 : 200e6);
      other.live(10, Duration.ofMinutes(7), Fleet.HOUR, hour < 60 ? 0 : 200e6);
      other.fleet.restart();
    }

    assertThat(fleet.ofHosts).isNotEmpty();
    assertThat(fleet.ofCohort).isNotEmpty();
    assertThat(other.fleet.ofHosts).isEqualTo(fleet.ofHosts);
    assertThat(other.fleet.ofCohort).isEqualTo(fleet.ofCohort);
    fleet.write();
    other.fleet.write();
    fleet.hostStates.scan(
        "", (key, bytes) -> assertThat(other.fleet.hostStates.get(key)).isEqualTo(bytes));
    fleet.cohortStates.scan(
        "", (key, bytes) -> assertThat(other.fleet.cohortStates.get(key)).isEqualTo(bytes));
  }

  @Test
  void should_open_tickets_separately_from_pages() {
    live(8, Duration.ofMinutes(5), Duration.ofDays(16), 0);

    live(8, Duration.ofMinutes(5), Duration.ofDays(3), 2 * MILLI);

    assertThat(Fleet.in(AlertState.OPENED, fleet.ofHosts))
        .isNotEmpty()
        .allSatisfy(alert -> assertThat(alert.getTier()).isEqualTo(Tier.CREEP));
  }
}
