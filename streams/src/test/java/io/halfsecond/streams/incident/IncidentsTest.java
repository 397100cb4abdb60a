package io.halfsecond.streams.incident;

import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.incident.SimulatedFleet.inState;
import static io.halfsecond.streams.incident.SimulatedFleet.name;
import static io.halfsecond.streams.incident.SimulatedFleet.newest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.incident.SimulatedFleet.Measured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole fleets, through both engines of the topology.
class IncidentsTest {
  private static final double MILLI = 1e6;

  @Test
  void should_make_one_incident_of_twelve_upgraded_hosts_among_five_hundred() {
    // given
    var fleet =
        new SimulatedFleet(500, Duration.ofMinutes(3), Measured.STARTUP, 1)
            .live(Duration.ofHours(7));
    assertThat(fleet.read()).isEmpty();

    // when
    for (int host = 0; host < 12; host++) {
      fleet.upgrade(40 * host, 500 * MILLI);
      fleet.live(Duration.ofSeconds(50));
    }
    fleet.live(Duration.ofHours(1));

    // then
    var records = fleet.read();
    var upgraded = IntStream.range(0, 12).mapToObj(host -> name(40 * host)).toList();
    assertThat(newest(records, AlertScope.INCIDENT))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.getMembers())
                  .extracting(Member::getHost)
                  .containsExactlyInAnyOrderElementsOf(upgraded);
              assertThat(incident.getMembers())
                  .noneMatch(Member::getRecovered)
                  .allSatisfy(
                      member ->
                          assertThat(member.getAlertIds())
                              .as("startup and CPU in startup")
                              .hasSize(2));
              assertThat(incident.getChanges())
                  .singleElement()
                  .satisfies(
                      change -> {
                        assertThat(change.getKind()).isEqualTo(ChangeKind.OBJECT);
                        assertThat(change.getAfter()).isEqualTo(Given.hash(5));
                        assertThat(change.getPackageAfter()).isEqualTo("liblzma5 5.6.1-1");
                      });
              var contrast = incident.getContrast().orElseThrow();
              assertThat(
                      List.of(
                          contrast.getWithShowing(),
                          contrast.getWithHosts(),
                          contrast.getWithoutShowing(),
                          contrast.getWithoutHosts()))
                  .containsExactly(12, 12, 0, 488);
              assertThat(contrast.getPValue()).isLessThan(1e-20);
              assertThat(incident.getConfirmed()).isTrue();
              assertThat(incident.getTier()).isEqualTo(Tier.STEP);
              assertThat(shift(incident).getShift()).isCloseTo(500 * MILLI, within(20 * MILLI));
              assertThat(incident.getSummary())
                  .startsWith("12 hosts of debian-12-x86_64 (")
                  .contains(
                      " and 9 more): sshd ",
                      " after liblzma.so.5.6.1 (liblzma5 5.4.5-1 → 5.6.1-1). 12 of 12 hosts with it"
                          + " show it, ",
                      " 0 of 488 without (p = ");
            });
    assertThat(newest(records, AlertScope.COHORT)).isEmpty();
    assertThat(newest(records, AlertScope.HOST))
        .extracting(Alert::getHost)
        .hasSameElementsAs(upgraded);
    var numbered =
        records.stream().filter(alert -> alert.getScope() == AlertScope.INCIDENT).toList();
    assertThat(numbered)
        .extracting(Alert::getRevision)
        .containsExactlyElementsOf(IntStream.range(0, numbered.size()).boxed().toList());

    // when
    IntStream.range(0, 12).forEach(host -> fleet.downgrade(40 * host));
    fleet.live(Duration.ofHours(3));

    // then
    assertThat(newest(fleet.read(), AlertScope.INCIDENT))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.getState()).isEqualTo(AlertState.RESOLVED);
              assertThat(incident.getMembers()).hasSize(12).allMatch(Member::getRecovered);
            });
  }

  @ParameterizedTest
  @CsvSource({"STARTUP, 1", "STARTUP, 2", "PREAUTH, 1"})
  void should_find_a_staged_upgrade_of_hosts_with_few_logins_sooner_than_any_host_alone(
      Measured measured, long seed) {
    // given
    var fleet =
        new SimulatedFleet(200, Duration.ofMinutes(20), measured, seed).live(Duration.ofHours(30));
    var before = fleet.read();
    var upgradedAt = fleet.now();

    // when
    for (int host = 0; host < 20; host++) {
      fleet.upgrade(10 * host, 50 * MILLI);
      fleet.live(Duration.ofMinutes(1));
    }
    fleet.live(Duration.ofHours(8));

    // then
    assertThat(before).isEmpty();
    var records = fleet.read();
    var incidents = newest(records, AlertScope.INCIDENT);
    var found = inState(records, AlertScope.INCIDENT, AlertState.CONFIRMED).getFirst();
    assertThat(incidents)
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.getChanges())
                  .extracting(Change::getAfter)
                  .containsExactly(Given.hash(5));
              assertThat(incident.getMembers())
                  .extracting(Member::getHost)
                  .allMatch(host -> host.endsWith("0"));
            });
    assertThat(shift(found).getShiftLow()).isLessThan(50 * MILLI);
    assertThat(shift(found).getShiftHigh()).isGreaterThan(50 * MILLI);
    var contrast = found.getContrast().orElseThrow();
    assertThat(contrast.getWithShowing()).isGreaterThan(contrast.getWithHosts() / 2);
    assertThat(contrast.getWithoutShowing()).isLessThan(10);
    assertThat(contrast.getPValue()).isLessThan(1e-5);
    assertThat(shift(found).getEvidenceDays().orElseThrow())
        .isGreaterThan(shift(found).getLimitDays().orElseThrow());
    assertThat(Duration.between(upgradedAt, found.getAt())).isLessThan(Duration.ofHours(5));
    assertThat(inState(records, AlertScope.HOST, AlertState.OPENED))
        .extracting(Alert::getAt)
        .allSatisfy(at -> assertThat(at).isAfter(found.getAt()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void should_resolve_when_hosts_with_the_change_no_longer_differ(boolean putBack) {
    // given
    var fleet =
        new SimulatedFleet(80, Duration.ofMinutes(20), Measured.STARTUP, 4)
            .live(Duration.ofHours(30));
    IntStream.range(0, 8).forEach(host -> fleet.upgrade(host, 50 * MILLI));
    fleet.live(Duration.ofMinutes(25));
    assertThat(newest(fleet.read(), AlertScope.INCIDENT))
        .singleElement()
        .satisfies(
            incident ->
                assertThat(incident.getMembers())
                    .anyMatch(member -> member.getAlertIds().isEmpty()));

    // when
    IntStream.range(0, 8)
        .forEach(
            host -> {
              if (putBack) {
                fleet.downgrade(host);
              } else {
                fleet.slow(host, 0);
              }
            });
    fleet.live(Duration.ofHours(12));

    // then
    assertThat(newest(fleet.read(), AlertScope.INCIDENT))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.getState()).isEqualTo(AlertState.RESOLVED);
              assertThat(incident.getMembers())
                  .hasSizeGreaterThan(2)
                  .allMatch(Member::getRecovered);
            });
  }

  @Nested
  class Small {
    private static final int HOSTS = 24;

    private final SimulatedFleet fleet =
        new SimulatedFleet(HOSTS, Duration.ofMinutes(1), Measured.STARTUP, 3)
            .live(Duration.ofHours(7));

    private List<Alert> incidents() {
      return newest(fleet.read(), AlertScope.INCIDENT);
    }

    @Test
    void should_open_nothing_for_an_upgrade_without_effect() {
      IntStream.range(0, 8).forEach(host -> fleet.upgrade(host, 0));
      fleet.live(Duration.ofHours(12));

      assertThat(fleet.read()).isEmpty();
    }

    @Test
    void should_open_no_incident_for_a_host_without_a_shared_change() {
      fleet.slow(3, 500 * MILLI);
      fleet.live(Duration.ofHours(1));

      var records = fleet.read();
      assertThat(newest(records, AlertScope.HOST)).extracting(Alert::getHost).containsOnly(name(3));
      assertThat(newest(records, AlertScope.INCIDENT)).isEmpty();
    }

    @Test
    void should_open_an_incident_for_a_single_host_with_a_change() {
      fleet.upgrade(3, 500 * MILLI);
      fleet.live(Duration.ofHours(1));

      assertThat(incidents())
          .singleElement()
          .satisfies(
              incident -> {
                assertThat(incident.getMembers())
                    .extracting(Member::getHost)
                    .containsExactly(name(3));
                assertThat(incident.getConfirmed()).isTrue();
                assertThat(incident.getSummary())
                    .startsWith("web-003: sshd ")
                    .contains(" after liblzma.so.5.6.1 (")
                    .doesNotContain("hosts", "share");
              });
    }

    @Test
    void should_open_one_incident_when_a_whole_cohort_shifts_without_a_change() {
      IntStream.range(0, HOSTS).forEach(host -> fleet.slow(host, 500 * MILLI));
      fleet.live(Duration.ofHours(1));

      var records = fleet.read();
      assertThat(newest(records, AlertScope.COHORT)).isNotEmpty();
      assertThat(newest(records, AlertScope.INCIDENT))
          .singleElement()
          .satisfies(
              incident -> {
                assertThat(incident.getChanges()).isEmpty();
                assertThat(incident.getMembers())
                    .extracting(Member::getHost)
                    .contains("", name(0), name(23));
                assertThat(incident.getMembers()).hasSize(HOSTS + 1);
                assertThat(incident.getContrast()).isEmpty();
                assertThat(incident.getSummary()).contains("No change is known that they share.");
              });
    }

    /// One of the hosts also has a new kernel. It does not explain the others.
    @Test
    void should_not_name_a_change_of_one_host_when_all_hosts_shift() {
      IntStream.range(0, HOSTS).forEach(host -> fleet.slow(host, 500 * MILLI));
      fleet.upgrade(5, 500 * MILLI);
      fleet.look();
      fleet.live(Duration.ofHours(1));
      fleet.look();
      fleet.live(Duration.ofMinutes(20));

      assertThat(incidents())
          .singleElement()
          .satisfies(
              incident -> {
                assertThat(incident.getMembers()).hasSize(HOSTS + 1);
                assertThat(incident.getChanges()).isEmpty();
              });
    }

    @Test
    void should_end_once_accepted_and_open_one_more_for_hosts_that_get_the_change_later() {
      IntStream.range(0, 4).forEach(host -> fleet.upgrade(host, 500 * MILLI));
      fleet.live(Duration.ofHours(1));
      var records = fleet.read();
      var incident = newest(records, AlertScope.INCIDENT).getFirst();

      fleet.decide(incident, Decision.ACCEPT);
      newest(records, AlertScope.HOST).forEach(host -> fleet.decide(host, Decision.ACCEPT));
      assertThat(incidents())
          .singleElement()
          .satisfies(
              accepted -> {
                assertThat(accepted.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                assertThat(accepted.getRevision()).isEqualTo(incident.getRevision() + 1);
                assertThat(accepted.getSummary())
                    .endsWith("Accepted by alice@bastion: change 4711");
              });
      fleet.live(Duration.ofHours(1));
      assertThat(incidents()).as("its hosts open no other").isEmpty();

      IntStream.range(4, 8).forEach(host -> fleet.upgrade(host, 500 * MILLI));
      fleet.live(Duration.ofHours(1));
      assertThat(incidents())
          .singleElement()
          .satisfies(
              other -> {
                assertThat(other.getAlertId()).isNotEqualTo(incident.getAlertId());
                assertThat(other.getMembers())
                    .extracting(Member::getHost)
                    .containsExactlyInAnyOrder(name(4), name(5), name(6), name(7));
              });

      fleet.decide(incident, Decision.ROLL_BACK);
      assertThat(incidents())
          .singleElement()
          .satisfies(
              undone -> {
                assertThat(undone.getAlertId()).isEqualTo(incident.getAlertId());
                assertThat(undone.getSummary()).contains("Acceptance rolled back by ");
              });
    }

    /// Whoever takes only what is not covered sees each problem once, and does not have to wait.
    @Test
    void should_name_every_covered_alert_in_an_incident_and_write_few_records() {
      IntStream.range(0, 3).forEach(host -> fleet.upgrade(host, 500 * MILLI));
      fleet.slow(9, 500 * MILLI);
      fleet.live(Duration.ofMinutes(20));

      var records = fleet.read();
      var named =
          newest(records, AlertScope.INCIDENT).stream()
              .flatMap(incident -> incident.getMembers().stream())
              .flatMap(member -> member.getAlertIds().stream())
              .toList();
      assertThat(records)
          .filteredOn(alert -> alert.getCovered() && alert.getMovedWith().isEmpty())
          .isNotEmpty()
          .allSatisfy(alert -> assertThat(named).contains(alert.getAlertId()));
      assertThat(records)
          .filteredOn(alert -> !alert.getCovered())
          .extracting(alert -> alert.getScope() + " " + alert.getHost())
          .containsOnly("INCIDENT ", "HOST " + name(9));
      assertThat(newest(records, AlertScope.HOST))
          .filteredOn(alert -> !alert.getCovered())
          .hasSize(1);
      var first =
          records.stream().filter(alert -> alert.getScope() == AlertScope.INCIDENT).findFirst();
      assertThat(records)
          .filteredOn(alert -> alert.getAlertId().equals(first.orElseThrow().getAlertId()))
          .filteredOn(alert -> alert.getAt().isBefore(first.orElseThrow().getAt().plusSeconds(2)))
          .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void should_stay_open_once_dismissed_and_open_one_more_for_hosts_that_get_the_change_later() {
      IntStream.range(0, 4).forEach(host -> fleet.upgrade(host, 500 * MILLI));
      fleet.live(Duration.ofHours(1));
      var records = fleet.read();
      var incident = newest(records, AlertScope.INCIDENT).getFirst();

      fleet.decide(incident, Decision.DISMISS);
      newest(records, AlertScope.HOST).forEach(host -> fleet.decide(host, Decision.DISMISS));
      fleet.live(Duration.ofHours(1));
      assertThat(incidents())
          .singleElement()
          .satisfies(
              dismissed -> {
                assertThat(dismissed.getAlertId()).isEqualTo(incident.getAlertId());
                assertThat(dismissed.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
              });

      fleet.upgrade(4, 500 * MILLI);
      fleet.upgrade(5, 500 * MILLI);
      fleet.live(Duration.ofHours(1));
      var later = fleet.read();
      assertThat(newest(later, AlertScope.INCIDENT))
          .filteredOn(other -> other.getAcknowledgement().isEmpty())
          .singleElement()
          .satisfies(
              other -> {
                assertThat(other.getMembers())
                    .extracting(Member::getHost)
                    .containsExactlyInAnyOrder(name(4), name(5));
                assertThat(other.getConfirmed()).isTrue();
              });
      assertThat(newest(later, AlertScope.INCIDENT))
          .filteredOn(other -> other.getAlertId().equals(incident.getAlertId()))
          .allSatisfy(dismissed -> assertThat(dismissed.getMembers()).hasSize(4));
    }

    /// As when the command ends after the incident, and before its hosts.
    @Test
    void should_open_an_incident_for_hosts_that_were_not_dismissed_with_theirs() {
      IntStream.range(0, 4).forEach(host -> fleet.upgrade(host, 500 * MILLI));
      fleet.live(Duration.ofHours(1));
      var records = fleet.read();
      var incident = newest(records, AlertScope.INCIDENT).getFirst();
      var left = newest(records, AlertScope.HOST).stream().map(Alert::getAlertId).toList();

      fleet.decide(incident, Decision.DISMISS);
      fleet.live(Duration.ofHours(3));

      assertThat(incidents())
          .hasSize(2)
          .satisfiesExactly(
              dismissed -> {
                assertThat(dismissed.getAlertId()).isEqualTo(incident.getAlertId());
                assertThat(dismissed.getState()).isEqualTo(AlertState.RESOLVED);
              },
              open ->
                  assertThat(open.getMembers().stream().flatMap(m -> m.getAlertIds().stream()))
                      .containsExactlyInAnyOrderElementsOf(left));
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCEPT", "DISMISS"})
    void should_decide_for_each_alert_of_a_cohort_that_has_moved_as_a_whole(Decision decision) {
      // given
      IntStream.range(0, HOSTS).forEach(host -> fleet.slow(host, 500 * MILLI));
      var records = new ArrayList<Alert>();
      while (newest(records, AlertScope.COHORT).isEmpty()) {
        fleet.live(Duration.ofSeconds(1));
        records.addAll(fleet.read());
      }
      var incident = newest(records, AlertScope.INCIDENT).getFirst();

      // when: of the cohort's alerts, one only
      fleet.decide(incident, decision);
      fleet.decide(newest(records, AlertScope.COHORT).getFirst(), decision);
      newest(records, AlertScope.HOST).forEach(host -> fleet.decide(host, decision));
      records.addAll(fleet.read());
      fleet.live(Duration.ofHours(1));
      records.addAll(fleet.read());

      // then
      assertThat(newest(records, AlertScope.COHORT))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                assertThat(alert.getAcknowledgement().orElseThrow().getDecision())
                    .isEqualTo(decision);
              });
      assertThat(newest(records, AlertScope.INCIDENT))
          .singleElement()
          .satisfies(only -> assertThat(only.getState()).isEqualTo(AlertState.ACKNOWLEDGED));
    }
  }
}
