package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.evidence;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Evidence of tampering becomes alerts, decisions apply to them, and hosts that share it are one
/// incident. No rule is known here by name.
class TamperTopologyTest {
  private static final String RULE = "some-rule";
  private static final String LZMA = "/usr/lib/liblzma.so.5.4.1";

  @TempDir private Path stateDirectory;

  private static TamperEvidence.Builder found(int minute, String... objects) {
    return evidence(minute, START.plus(Duration.ofMinutes(minute)), RULE, objects);
  }

  private static void send(Harness harness, TamperEvidence.Builder evidence) {
    harness.send(new Telemetry.Tampering(evidence.build()));
  }

  private static List<Alert> ofHosts(Harness harness) {
    return harness.alerts().stream().filter(alert -> alert.getScope() == AlertScope.HOST).toList();
  }

  @Test
  void should_alert_at_first_sight_and_end_what_a_complete_record_does_not_have() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      send(harness, found(0, LZMA, "/memfd:x").setComplete(true).setCohort(""));
      send(harness, found(1, LZMA, "/memfd:x").setComplete(true).setCohort(""));
      var opened = harness.alerts();
      send(harness, found(2, LZMA).setComplete(true).setCohort(""));
      var over = harness.alerts();
      send(harness, found(3).setCohort(""));
      var incomplete = harness.alerts();
      send(harness, found(4).setComplete(true).setCohort(""));

      // then
      assertThat(opened)
          .extracting(Alert::getState)
          .containsExactly(
              AlertState.OPENED, AlertState.CONFIRMED, AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(opened.getFirst().getSubject())
          .matches("evidence/some-rule/liblzma\\.so\\.5\\.4\\.1~[0-9a-f]{16}");
      assertThat(opened.getFirst().getTier()).isEqualTo(Tier.STEP);
      assertThat(opened.getFirst().getSummary())
          .startsWith(
              "web-17: what nobody should find (some-rule), seen 2024-03-29 12:00:00Z. kernel:"
                  + " found /usr/lib/liblzma.so.5.4.1.");
      assertThat(over)
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                assertThat(alert.getAlertId()).isEqualTo(opened.getLast().getAlertId());
              });
      assertThat(incomplete).isEmpty();
      assertThat(harness.alerts())
          .extracting(Alert::getAlertId)
          .containsExactly(opened.getFirst().getAlertId());
      assertThat(harness.open("evidence")).isNaN();
    }
  }

  @Test
  void should_open_none_for_an_accepted_object_until_it_is_gone() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, found(0, LZMA).setComplete(true));
      harness.decide(ofHosts(harness).getFirst(), Decision.ACCEPT, "our own build");
      var _ = harness.alerts();

      // when
      send(harness, found(1, LZMA).setComplete(true));
      var again = ofHosts(harness);
      send(harness, found(2, LZMA, "/tmp/other").setComplete(true));
      var other = ofHosts(harness);
      send(harness, found(3).setComplete(true));
      send(harness, found(4, LZMA).setComplete(true));

      // then
      assertThat(again).isEmpty();
      assertThat(other).hasSize(2).allMatch(alert -> alert.getSubject().contains("other~"));
      assertThat(ofHosts(harness))
          .extracting(Alert::getState)
          .containsExactly(AlertState.RESOLVED, AlertState.OPENED, AlertState.CONFIRMED);
    }
  }

  @Test
  void should_tell_each_event_in_one_alert_and_cover_none_that_comes_after_a_decision() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      IntStream.range(0, 20).forEach(n -> send(harness, event(n, "login " + n)));
      var told = ofHosts(harness);
      harness.decide(told.getLast(), Decision.ACCEPT, "a test of ours");
      var decided = ofHosts(harness);
      send(harness, event(30, "login 30"));

      // then: the newest 16
      assertThat(told)
          .hasSize(21)
          .extracting(Alert::getAlertId)
          .containsOnly(told.getFirst().getAlertId());
      assertThat(((ContradictionFinding) told.getLast().getFinding()).getStatements())
          .extracting(Statement::getText)
          .containsExactlyElementsOf(IntStream.range(4, 20).mapToObj(n -> "login " + n).toList());
      assertThat(decided).extracting(Alert::getState).containsExactly(AlertState.ACKNOWLEDGED);
      var after = ofHosts(harness);
      assertThat(after)
          .extracting(Alert::getState)
          .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(((ContradictionFinding) after.getLast().getFinding()).getStatements())
          .extracting(Statement::getText)
          .containsExactly("login 30");
    }
  }

  /// It is what people read.
  @Test
  void should_tell_each_event_in_the_incident_too() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      send(harness, event(0, "login 0"));
      send(harness, event(60, "login 1"));
      send(harness, event(120, "login 2"));

      // then
      var incidents =
          harness.alerts().stream()
              .filter(alert -> alert.getScope() == AlertScope.INCIDENT)
              .toList();
      assertThat(incidents)
          .extracting(Alert::getState)
          .containsExactly(
              AlertState.OPENED, AlertState.CONFIRMED, AlertState.UPDATED, AlertState.UPDATED);
      assertThat(((ContradictionFinding) incidents.getLast().getFinding()).getStatements())
          .extracting(Statement::getText)
          .containsExactly("login 0", "login 1", "login 2");
    }
  }

  private static TamperEvidence.Builder event(int n, String text) {
    var event = found(n, "");
    event.getFacts().getFirst().setStatements(List.of(new Statement("kernel", text)));
    return event;
  }

  @Test
  void should_count_hosts_with_the_same_object_as_one_incident() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      send(harness, found(0, LZMA).setComplete(true));
      send(harness, found(1, LZMA).setComplete(true).setHost("web-18"));
      send(harness, found(2, "/tmp/other").setComplete(true).setHost("web-19"));
      var alerts = harness.alerts();

      // then
      var incidents =
          alerts.stream().filter(alert -> alert.getScope() == AlertScope.INCIDENT).toList();
      var newest = incidents.stream().filter(alert -> alert.getMembers().size() == 2).toList();
      assertThat(incidents)
          .extracting(Alert::getAlertId)
          .doesNotContainNull()
          .satisfies(ids -> assertThat(ids.stream().distinct()).hasSize(2));
      assertThat(newest.getLast().getMembers())
          .extracting(Member::getHost)
          .containsExactly("web-17", "web-18");
      assertThat(newest.getLast().getConfirmed()).isTrue();
      assertThat(newest.getLast().getTitle())
          .startsWith("2 hosts of debian-12: what nobody should find (some-rule) [");
      assertThat(alerts)
          .filteredOn(alert -> alert.getScope() == AlertScope.HOST)
          .allMatch(Alert::getCovered);

      // when
      send(harness, found(5).setComplete(true));
      send(harness, found(6).setComplete(true).setHost("web-18"));

      // then
      assertThat(harness.alerts())
          .filteredOn(alert -> alert.getScope() == AlertScope.INCIDENT)
          .last()
          .extracting(Alert::getState)
          .isIn(AlertState.RESOLVED, AlertState.TRANSIENT);
    }
  }

  @Test
  void should_keep_a_bounded_number_of_alerts_of_a_host_that_names_any_object() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      for (int minute = 0; minute < 3; minute++) {
        int first = 40 * minute;
        send(
            harness,
            found(
                    minute,
                    IntStream.range(first, first + 40)
                        .mapToObj(n -> "/x/" + n)
                        .toArray(String[]::new))
                .setCohort(""));
      }

      // then
      var alerts = harness.alerts();
      assertThat(alerts.stream().map(Alert::getSubject).distinct()).hasSize(65);
      assertThat(alerts).last().extracting(Alert::getSubject).isEqualTo("evidence/some-rule");
    }
  }
}
