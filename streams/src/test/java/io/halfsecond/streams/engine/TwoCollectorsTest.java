package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.engine.TestEngine.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwoCollectorsTest {
  private final OpenAlerts alerts = OpenAlerts.inMemory();
  private final HostEngine engine = TestEngine.of(alerts, List.of());
  private final Map<String, Integer> sequences = new HashMap<>();
  private int beats;

  private List<Alert> beat(String run) {
    int n = beats++;
    int sequence = sequences.merge(run, 1, Integer::sum) - 1;
    var at = START.plusSeconds(5L * n);
    return records(
        engine.take(
            new Telemetry.Heartbeat(heartbeat(sequence, at).setCollector(run).build()),
            at.toEpochMilli()));
  }

  private List<Alert> takeTurns() {
    var records = new ArrayList<Alert>();
    for (int turn = 0; turn < 3; turn++) {
      records.addAll(beat("run-1"));
      records.addAll(beat("run-2"));
    }
    return records;
  }

  private List<Alert> goOnAlone() {
    var records = new ArrayList<Alert>();
    for (int n = 0; n < 40; n++) {
      records.addAll(beat("run-1"));
    }
    return records;
  }

  private List<Alert> decide(Alert alert, Decision decision) {
    return records(
        engine.take(
            new Input.Control(
                AlertControl.newBuilder()
                    .setAlertId(alert.getAlertId())
                    .setScope(alert.getScope())
                    .setHost(HOST)
                    .setSubject(alert.getSubject())
                    .setAcknowledgement(
                        Acknowledgement.newBuilder()
                            .setDecision(decision)
                            .setWho("alice@bastion")
                            .setAt(START.plusSeconds(90))
                            .setWhy("known clones")
                            .build())
                    .build()),
            0));
  }

  @Test
  void should_open_a_ticket_while_two_collectors_take_turns() {
    var opened = takeTurns();
    var over = goOnAlone();

    assertThat(opened)
        .extracting(Alert::getState)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    assertThat(opened.getLast().getTier()).isEqualTo(Tier.CREEP);
    assertThat(opened.getLast().getSummary())
        .startsWith(
            "web-17: two collectors send under this name (two-collectors), seen 2024-03-29"
                + " 12:00:15Z. collector run-1: sends heartbeats; collector run-2: sends"
                + " heartbeats.");
    assertThat(over).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
    assertThat(alerts.open()).isEmpty();
  }

  @Test
  void should_open_nothing_when_the_collector_restarts() {
    beat("run-1");
    goOnAlone();
    beat("run-2");
    beat("run-2");
    beat("run-3");

    assertThat(alerts.open()).isEmpty();
  }

  @Test
  void should_not_open_an_accepted_one_again_before_it_was_over() {
    // given
    var opened = takeTurns().getFirst();

    // when
    var accepted = decide(opened, Decision.ACCEPT);
    var still = takeTurns();
    goOnAlone();
    var again = takeTurns();

    // then
    assertThat(accepted).extracting(Alert::getState).containsExactly(AlertState.ACKNOWLEDGED);
    assertThat(still).isEmpty();
    assertThat(again)
        .extracting(Alert::getState)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
  }

  @Test
  void should_open_again_when_the_acceptance_is_rolled_back() {
    var opened = takeTurns().getFirst();
    decide(opened, Decision.ACCEPT);

    assertThat(decide(opened, Decision.ROLL_BACK)).hasSize(1);
    assertThat(takeTurns()).isNotEmpty();
  }

  @Test
  void should_keep_a_dismissed_one_open_in_silence() {
    var opened = takeTurns().getFirst();

    assertThat(decide(opened, Decision.DISMISS))
        .extracting(Alert::getState)
        .containsExactly(AlertState.ACKNOWLEDGED);
    assertThat(takeTurns()).isEmpty();
    assertThat(goOnAlone()).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
  }
}
