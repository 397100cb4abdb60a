package io.halfsecond.streams.processor;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.shifted;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.metric.AlertSlots;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.Metric;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertBoardTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Board board = new Board(registry);
  private final AlertSlots slots = new AlertSlots(registry, "hosts");
  private final AlertBoard alerts = new AlertBoard(board.section(), slots);

  private static Alert alert(int number, String title) {
    return Alert.newBuilder()
        .setAlertId("%08x%024d".formatted(number, 0))
        .setState(AlertState.OPENED)
        .setRevision(0)
        .setTier(Tier.STEP)
        .setScope(AlertScope.HOST)
        .setHost("web-%04d".formatted(number))
        .setSubject("startup/all")
        .setAt(START)
        .setOpenedAt(START)
        .setOnset(START)
        .setFinding(shifted().build())
        .setSummary("")
        .setTitle(title)
        .build();
  }

  private Collection<Gauge> gauges(Metric metric) {
    return registry.find(metric.name()).gauges();
  }

  private List<String> titles() {
    return gauges(Meters.ALERT_TITLE).stream().map(gauge -> gauge.getId().getTag("title")).toList();
  }

  private double hidden() {
    return registry.get(Meters.ALERTS_HIDDEN.name()).tag("of", "hosts").gauge().value();
  }

  @Test
  void should_show_one_info_series_an_alert_and_figures_by_its_id() {
    var alert = alert(1, "web-0001: sshd startup");
    alerts.show(alert);
    alert.setAttribution(Attribution.CHANGED);
    alert.setChanges(
        List.of(
            Change.newBuilder()
                .setKind(ChangeKind.KERNEL)
                .setSubject("kernel")
                .setBefore("6.1.0-28")
                .setAfter("6.1.0-29")
                .setNotBefore(START)
                .setAt(START)
                .build()));
    alerts.show(alert);

    assertThat(gauges(Meters.ALERT_INFO))
        .singleElement()
        .satisfies(
            info -> {
              assertThat(info.getId().getTag("id")).isEqualTo("00000001");
              assertThat(info.getId().getTag("host")).isEqualTo("web-0001");
              assertThat(info.getId().getTag("cause")).isEqualTo("kernel");
              assertThat(info.getId().getTag("suspect")).isEqualTo("kernel 6.1.0-28 → 6.1.0-29");
            });
    assertThat(registry.get(Meters.ALERT_SHIFT.name()).tags("id", "00000001").gauge().value())
        .isEqualTo(0.05);
  }

  @Test
  void should_renew_the_title_only_when_it_refreshes_or_the_alert_is_confirmed() {
    var alert = alert(1, "8 ms → 511 ms");
    alerts.show(alert);
    alert.setTitle("8 ms → 512 ms");
    alerts.show(alert);
    assertThat(titles()).containsExactly("8 ms → 511 ms");

    alerts.refresh();
    assertThat(titles()).containsExactly("8 ms → 512 ms");

    alert.setTitle("8 ms → 513 ms");
    alert.setConfirmed(true);
    alerts.show(alert);
    assertThat(titles()).containsExactly("8 ms → 513 ms");
  }

  @Test
  void should_leave_no_series_of_an_alert_that_is_over_dismissed_or_of_another_task() {
    alerts.show(alert(1, "one"));
    alerts.show(alert(2, "two"));
    alerts.show(alert(3, "three"));
    var dismissed = alert(2, "two");
    dismissed.setAcknowledgement(
        new Acknowledgement(Decision.DISMISS, "alice@bastion", START, "change 4711"));

    alerts.hide(alert(1, "one"));
    alerts.show(dismissed);
    assertThat(titles()).containsExactly("three");

    alerts.close();
    assertThat(registry.getMeters()).hasSize(1);
    assertThat(hidden()).isZero();
  }

  /// The rules have to know that the hosts of a cohort are covered.
  @Test
  void should_tell_of_a_cohort_that_its_alert_was_dismissed() {
    var alert = alert(1, "cohort");
    alert.setScope(AlertScope.COHORT);
    alert.setHost("");
    alert.setCohort("debian-12");
    alerts.show(alert);
    alert.setAcknowledgement(
        new Acknowledgement(Decision.DISMISS, "alice@bastion", START, "change 4711"));
    alerts.show(alert);

    assertThat(gauges(Meters.ALERT_INFO)).isEmpty();
    assertThat(gauges(Meters.ALERT_DISMISSED))
        .singleElement()
        .satisfies(
            gauge -> {
              assertThat(gauge.value()).isEqualTo(1);
              assertThat(gauge.getId().getTag("cohort")).isEqualTo("debian-12");
              assertThat(gauge.getId().getTag("signal")).isEqualTo("startup");
            });

    alerts.hide(alert);
    assertThat(gauges(Meters.ALERT_DISMISSED)).isEmpty();
  }

  @Test
  void should_count_what_it_does_not_show_and_show_it_when_there_is_room() {
    for (int i = 0; i < AlertSlots.MOST + 3; i++) {
      alerts.show(alert(i, "title " + i));
    }
    alerts.show(alert(AlertSlots.MOST + 2, "the same again"));
    assertThat(gauges(Meters.ALERT_INFO)).hasSize(AlertSlots.MOST);
    assertThat(hidden()).isEqualTo(3);

    alerts.hide(alert(0, ""));
    alerts.hide(alert(1, ""));
    alerts.hide(alert(AlertSlots.MOST, ""));
    alerts.refresh();

    assertThat(hidden()).isZero();
    assertThat(gauges(Meters.ALERT_INFO)).hasSize(AlertSlots.MOST);
    assertThat(titles()).contains("the same again").doesNotContain("title 0");
  }

  /// The tasks of an instance share the slots.
  @Test
  void should_give_its_slots_to_another_task_when_it_is_closed() {
    var other = new AlertBoard(board.section(), slots);
    for (int i = 0; i < AlertSlots.MOST; i++) {
      alerts.show(alert(i, "title"));
    }
    other.show(alert(AlertSlots.MOST, "of the other"));
    assertThat(hidden()).isEqualTo(1);

    alerts.close();
    other.refresh();

    assertThat(titles()).containsExactly("of the other");
    assertThat(hidden()).isZero();
  }
}
