package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.liblzma;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Signals that one cause has moved: they are covered by the first of them, accepted with it, and
/// rolled back with it.
class AcceptanceTest {
  private static final String BANNER = "probe-banner/all";
  private static final String CPU = "cpu-startup/all";

  private final OneHost host = new OneHost().live(300);

  private Alert opened(String subject) {
    return host.open(subject).orElseThrow(() -> new AssertionError(subject + " is not open"));
  }

  private List<Alert> records(String subject) {
    return host.records().stream().filter(alert -> alert.getSubject().equals(subject)).toList();
  }

  @Test
  void should_cover_signals_that_moved_with_the_first_and_leave_that_to_the_reader() {
    host.slower(300).live(20);

    var first = opened(OneHost.STARTUP);
    assertThat(first.getCovered()).isFalse();
    assertThat(first.getMovedWith()).isEmpty();
    assertThat(records(CPU))
        .hasSizeGreaterThan(1)
        .allSatisfy(
            alert -> {
              assertThat(alert.getCovered()).isTrue();
              assertThat(alert.getMovedWith()).contains(first.getAlertId());
            });
  }

  @Test
  void should_cover_all_when_an_incident_is_sure_to() {
    host.replace(liblzma("5.6.1", 5)).slower(300).live(20);

    assertThat(host.records()).hasSizeGreaterThan(3).allMatch(Alert::getCovered);
    assertThat(opened(OneHost.STARTUP).getMovedWith()).isEmpty();
  }

  @Test
  void should_not_cover_a_signal_that_moved_at_another_time_or_in_another_direction() {
    host.slower(300).live(20);
    host.probeSlower(30).live(20);
    host.slower(-305).live(3);

    assertThat(opened(BANNER).getCovered()).isFalse();
  }

  @Test
  void should_accept_what_moved_with_an_alert_and_what_follows_for_the_same_library() {
    // given
    host.replace(liblzma("5.6.1", 5)).slower(300).probeSlower(1.7).live(6);
    var first = opened(OneHost.STARTUP);
    assertThat(host.open(CPU)).isPresent();
    assertThat(host.open(BANNER)).as("its evidence takes longer").isEmpty();

    // when
    assertThat(host.decide(first, Decision.ACCEPT)).isTrue();

    // then
    assertThat(host.open()).isEmpty();
    var cpu = records(CPU).getLast();
    assertThat(cpu.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
    assertThat(cpu.getMovedWith()).contains(first.getAlertId());

    // when
    host.live(30);

    // then
    assertThat(host.open()).isEmpty();
    assertThat(records(BANNER))
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
              assertThat(alert.getCovered()).isTrue();
              assertThat(alert.getMovedWith()).contains(first.getAlertId());
              assertThat(alert.getSummary()).endsWith("Accepted by alice@bastion: change 4711");
            });

    // when
    assertThat(host.decide(first, Decision.ROLL_BACK)).isTrue();
    host.live(30);

    // then
    assertThat(host.open())
        .extracting(Alert::getSubject, Alert::getOnset)
        .containsExactlyInAnyOrder(
            tuple(OneHost.STARTUP, first.getOnset()),
            tuple(CPU, cpu.getOnset()),
            tuple(BANNER, records(BANNER).getFirst().getOnset()));
    assertThat(host.open())
        .allSatisfy(
            alert -> assertThat(alert.getChanges().getFirst().getSubject()).contains("liblzma"));
  }

  @Test
  void should_open_anew_for_another_library_and_for_a_shift_that_came_after_the_acceptance() {
    host.replace(liblzma("5.6.1", 5)).slower(300).live(10);
    host.decide(opened(OneHost.STARTUP), Decision.ACCEPT);

    host.replace(OneHost.libcrypto(7)).probeSlower(30).live(20);

    assertThat(opened(BANNER).getChanges().getFirst().getSubject()).contains("libcrypto");
  }

  @Test
  void should_open_anew_when_a_day_has_passed_since_the_acceptance() {
    host.replace(liblzma("5.6.1", 5)).slower(300).logins(10);
    host.decide(opened(OneHost.STARTUP), Decision.ACCEPT);

    // No round of the probe came for a day: its shift may have begun with the library.
    host.logins((int) Duration.ofHours(25).toMinutes());
    host.probeSlower(30).live(20);

    assertThat(opened(BANNER).getChanges().getFirst().getSubject()).contains("liblzma");
  }

  @Test
  void should_dismiss_what_follows_in_the_same_shift() {
    // given
    host.slower(300).probeSlower(1.7).live(6);
    var first = opened(OneHost.STARTUP);
    assertThat(host.open(BANNER)).as("its evidence takes longer").isEmpty();

    // when
    host.decide(first, Decision.DISMISS);
    host.live(60);

    // then
    assertThat(records(BANNER))
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
              assertThat(alert.getMovedWith()).contains(first.getAlertId());
              assertThat(alert.getCovered()).isTrue();
              assertThat(alert.getSummary()).endsWith("Dismissed by alice@bastion: change 4711");
            });
    assertThat(opened(BANNER).getConfirmed()).isTrue();

    // when
    host.decide(first, Decision.ACCEPT);

    // then
    assertThat(host.open()).isEmpty();
  }

  @Test
  void should_not_dismiss_another_library_nor_what_shows_a_day_later_and_leave_neither_covered() {
    host.slower(300).logins(10);
    host.decide(opened(OneHost.STARTUP), Decision.DISMISS);

    var later = host.copy();
    later.logins((int) Duration.ofHours(25).toMinutes());
    later.probeSlower(30).live(20);
    host.replace(OneHost.libcrypto(7)).probeSlower(30).live(20);

    assertThat(opened(BANNER).getChanges().getFirst().getSubject()).contains("libcrypto");
    assertThat(List.of(opened(BANNER), later.open(BANNER).orElseThrow()))
        .allSatisfy(
            alert -> {
              assertThat(alert.getAcknowledgement()).isEmpty();
              assertThat(alert.getMovedWith()).isEmpty();
            });
    assertThat(later.open(BANNER).orElseThrow().getCovered()).isFalse();
  }

  @Test
  void should_uncover_at_once_when_the_first_alert_ends_alone() {
    // given
    host.slower(300).probeSlower(30).live(20);
    var first = opened(OneHost.STARTUP);
    assertThat(opened(BANNER).getMovedWith()).contains(first.getAlertId());

    // when
    host.slower(-300);
    int before = host.records().size();
    while (host.open(OneHost.STARTUP).isPresent()) {
      host.logins(1);
    }

    // then
    assertThat(host.open())
        .isNotEmpty()
        .noneMatch(alert -> alert.getMovedWith().filter(first.getAlertId()::equals).isPresent());

    // when
    host.live(30);

    // then
    assertThat(host.open()).extracting(Alert::getSubject).containsExactly(BANNER);
    assertThat(opened(BANNER).getCovered()).isFalse();
    assertThat(host.records().subList(before, host.records().size()))
        .filteredOn(alert -> alert.getSubject().equals(BANNER))
        .last()
        .isEqualTo(opened(BANNER));
  }

  @Test
  void should_decide_for_what_moved_with_an_alert_without_a_suspect() {
    host.slower(300).live(10);
    var first = opened(OneHost.STARTUP);

    host.decide(first, Decision.DISMISS);
    assertThat(host.open())
        .hasSize(2)
        .allMatch(alert -> alert.getState() == AlertState.ACKNOWLEDGED);

    host.decide(first, Decision.ACCEPT);
    assertThat(host.open()).isEmpty();

    host.decide(first, Decision.ROLL_BACK);
    host.live(20);
    assertThat(host.open())
        .extracting(Alert::getSubject, Alert::getOnset)
        .containsExactlyInAnyOrder(
            tuple(OneHost.STARTUP, first.getOnset()), tuple(CPU, first.getOnset()));
  }
}
