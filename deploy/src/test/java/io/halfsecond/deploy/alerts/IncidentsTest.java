package io.halfsecond.deploy.alerts;

import static io.halfsecond.deploy.alerts.Given.NOON;
import static io.halfsecond.deploy.alerts.Given.decided;
import static io.halfsecond.deploy.alerts.Given.incident;
import static io.halfsecond.deploy.alerts.Given.startup;
import static io.halfsecond.deploy.alerts.Given.word;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.alert.Who;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What one alert means that stands for others: when it is listed, when it is decided, and when
/// that is done.
class IncidentsTest {
  private static final String ID = "ff112233445566778899aabbccddeeff";
  private static final Map<String, List<String>> HOSTS = new LinkedHashMap<>();

  static {
    HOSTS.put("web-02", List.of("a2"));
    HOSTS.put("web-01", List.of("a1", "b1", "gone"));
  }

  private final Alert a1 = startup("a1").setHost("web-01").build();
  private final Alert b1 = startup("b1").setHost("web-01").setState(AlertState.RESOLVED).build();
  private final Alert a2 = startup("a2").setHost("web-02").build();
  private final Alert other =
      startup("c3").setHost("db-01").setOpenedAt(NOON.plusSeconds(60)).build();

  @Test
  void should_list_an_incident_in_place_of_what_it_stands_for_and_say_how_much_that_is() {
    var open = newest(incident(ID, HOSTS).build(), a1, b1, a2, other);

    assertThat(lines(open, false))
        .containsExactly(
            "2026-03-29 12:00:00Z  OPENED        STEP   ff112233  2 hosts of debian-12-x86_64: sshd"
                + " startup 8.2 ms → 511 ms.",
            "  └ 2 open alerts of 2 hosts: --all",
            AlertText.line(other));
  }

  @Test
  void should_list_only_what_was_asked_for_and_keep_what_it_covers_apart() {
    var incident = incident(ID, HOSTS).build();
    var moved =
        startup("m1").setHost("web-01").setSubject("cpu-startup/all").setMovedWith("a1").build();
    var open = newest(incident, a1, a2, moved, other);

    var ofHost = OpenList.of(open, alert -> Who.hosts(alert).contains("web-01"));
    assertThat(ofHost.entries()).containsExactly(new OpenList.Entry(incident, List.of(a1, moved)));
    assertThat(ofHost.rest()).isEmpty();

    var ofCpu = OpenList.of(open, moved::equals);
    assertThat(ofCpu.entries()).isEmpty();
    assertThat(ofCpu.rest()).containsExactly(moved);
  }

  @Test
  void should_list_what_an_incident_stands_for_below_it_when_asked() {
    var incident = incident(ID, HOSTS).build();

    assertThat(lines(newest(incident, a1, b1, a2, other), true))
        .containsExactly(
            AlertText.line(incident),
            "  └ " + AlertText.line(a2),
            "  └ " + AlertText.line(a1),
            AlertText.line(other));
  }

  @Test
  void should_list_hosts_for_themselves_when_their_incident_is_over() {
    var over = incident(ID, HOSTS).setState(AlertState.RESOLVED).build();

    assertThat(lines(newest(over, a1), false)).containsExactly(AlertText.line(a1));
  }

  @Test
  void should_decide_for_each_alert_of_each_host_but_not_for_what_has_ended() {
    var incident = incident(ID, HOSTS).build();

    var plan = DecisionPlan.of(newest(incident, a1, b1, a2, other), incident, Decision.ACCEPT);

    assertThat(plan.decided()).containsExactly(incident, a2, a1);
    assertThat(plan.left())
        .containsExactly(new DecisionPlan.Left(b1, "it is over: RESOLVED at 2026-03-29 12:00:00Z"));
    assertThat(DecisionPlan.controls(plan.decided(), word(Decision.ACCEPT)))
        .extracting(ControlWriter::key)
        .containsExactly("debian-12-x86_64", "web-02", "web-01");
    assertThat(DecisionPlan.controls(plan.decided(), word(Decision.ACCEPT)))
        .extracting(AlertControl::getAlertId)
        .containsExactly(ID, "a2", "a1");
  }

  /// The banner of the probe was accepted with a1, after the incident was over.
  @Test
  void should_list_and_decide_what_moved_with_an_alert_below_it() {
    var moved = startup("c1").setHost("web-01").setMovedWith("a1").build();
    var incident = incident(ID, HOSTS).build();

    assertThat(lines(newest(a1, moved), false))
        .containsExactly(AlertText.line(a1), "  └ 1 open alert of 1 host: --all");
    assertThat(lines(newest(a1, moved), true))
        .containsExactly(AlertText.line(a1), "  └ " + AlertText.line(moved));
    assertThat(lines(newest(incident, a1, a2, moved), false))
        .containsExactly(AlertText.line(incident), "  └ 3 open alerts of 2 hosts: --all");
    assertThat(DecisionPlan.of(newest(incident, a1, moved), incident, Decision.ACCEPT).decided())
        .containsExactly(incident, a1, moved);
    assertThat(DecisionPlan.of(newest(a1, moved), a1, Decision.ACCEPT).decided())
        .containsExactly(a1, moved);
    assertThat(DecisionPlan.controls(List.of(a1, moved), word(Decision.ACCEPT)))
        .as("the topology decides for what moved with it")
        .extracting(AlertControl::getAlertId)
        .containsExactly("a1");
  }

  @Test
  void should_decide_for_hosts_that_are_left_when_the_incident_itself_is_decided() {
    var accepted = acceptedIncident();

    var plan = DecisionPlan.of(newest(accepted, a1, a2), accepted, Decision.ACCEPT);

    assertThat(plan.decided()).containsExactly(a2, a1);
    assertThat(plan.objection())
        .hasValueSatisfying(reason -> assertThat(reason).contains("accepted by alice"));
  }

  @Test
  void should_roll_back_what_of_the_cohort_was_accepted_with_it() {
    var accepted = acceptedIncident();
    var cohort =
        decided("d4", Decision.ACCEPT)
            .setScope(AlertScope.COHORT)
            .setHost("")
            .setCohort(accepted.getCohort())
            .build();
    cohort.setAcknowledgement(accepted.getAcknowledgement().orElseThrow());

    var plan = DecisionPlan.of(newest(accepted, cohort), accepted, Decision.ROLL_BACK);

    assertThat(plan.decided()).containsExactly(accepted, cohort);
  }

  @Test
  void should_roll_back_where_it_was_accepted_although_a_cohort_alert_was_accepted_since() {
    var accepted = acceptedIncident();
    var cohort =
        decided("d4", Decision.ACCEPT)
            .setScope(AlertScope.COHORT)
            .setHost("")
            .setOpenedAt(NOON.plusSeconds(600))
            .build();
    cohort.getAcknowledgement().orElseThrow().setWhy("another change");
    var acceptedHost = decided("a1", Decision.ACCEPT).setHost("web-01").build();

    var plan =
        DecisionPlan.of(newest(accepted, cohort, acceptedHost, a2), accepted, Decision.ROLL_BACK);

    assertThat(plan.decided()).containsExactly(accepted, acceptedHost);
    assertThat(plan.left())
        .containsExactly(
            new DecisionPlan.Left(a2, "it was never accepted: there is nothing to roll back"));
  }

  @Test
  void should_await_every_alert_and_tell_when_a_host_is_done() {
    var answers = new Answers(List.of(incident(ID, HOSTS).build(), a1, a2), word(Decision.ACCEPT));

    // when
    assertThat(answers.take(other)).isFalse();
    assertThat(answers.take(startup("a1").setState(AlertState.UPDATED).build())).isFalse();
    assertThat(answers.take(decided("a1", Decision.ACCEPT).setHost("web-01").build())).isTrue();

    // then
    assertThat(answers.areThere(List.of(a1))).isTrue();
    assertThat(answers.areThere(List.of(a1, a2))).isFalse();
    assertThat(answers.newest(a1).getState()).isEqualTo(AlertState.ACKNOWLEDGED);
    assertThat(answers.awaited()).extracting(Alert::getAlertId).containsExactly(ID, "a2");
  }

  @Test
  void should_tell_what_came_first_on_a_host_but_not_of_an_incident_whose_hosts_are_all_back() {
    var answers = new Answers(List.of(incident(ID, HOSTS).build(), a1), word(Decision.ACCEPT));

    // when
    assertThat(answers.take(incident(ID, HOSTS).setState(AlertState.RESOLVED).build())).isTrue();
    assertThat(answers.take(startup("a1").setHost("web-01").setState(AlertState.TRANSIENT).build()))
        .isTrue();

    // then
    assertThat(answers.awaited()).isEmpty();
    assertThat(answers.overtaken())
        .singleElement()
        .satisfies(
            late ->
                assertThat(late.reason())
                    .isEqualTo("it is over: TRANSIENT at 2026-03-29 12:00:00Z"));
  }

  @Test
  void should_write_the_word_on_an_incident_before_those_on_its_hosts_and_all_others_at_once() {
    var incident = incident(ID, HOSTS).build();
    var accepted = acceptedIncident();

    assertThat(DecisionPlan.of(newest(incident, a1, a2), incident, Decision.ACCEPT).inTurn())
        .containsExactly(List.of(incident), List.of(a2, a1));
    assertThat(DecisionPlan.of(newest(accepted, a1, a2), accepted, Decision.ACCEPT).inTurn())
        .containsExactly(List.of(a2, a1));
    assertThat(DecisionPlan.of(newest(a1), a1, Decision.ACCEPT).inTurn())
        .containsExactly(List.of(a1));
  }

  /// As text, without colour.
  private static List<String> lines(NewestAlerts alerts, boolean all) {
    return OpenList.of(alerts, AlertFilter.ALL).entries().stream()
        .flatMap(
            entry ->
                Stream.concat(
                    Stream.of(AlertText.line(entry.alert())),
                    all
                        ? entry.below().stream()
                            .map(alert -> OpenList.Entry.mark(AlertText.line(alert)))
                        : entry.count()))
        .toList();
  }

  private static NewestAlerts newest(Alert... steps) {
    return NewestAlerts.of(List.of(steps));
  }

  private static Alert acceptedIncident() {
    return incident(ID, HOSTS)
        .setState(AlertState.ACKNOWLEDGED)
        .setAcknowledgement(word(Decision.ACCEPT))
        .build();
  }
}
