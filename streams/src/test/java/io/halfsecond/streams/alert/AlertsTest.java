package io.halfsecond.streams.alert;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Direction;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.measurement.SignalKey;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final SignalKey STARTUP = new SignalKey(HOST, Signal.STARTUP, "all");

  private static AlertFacts facts(Direction direction, double beforeMillis, double afterMillis,
    long connections) {
    double shift = (afterMillis - beforeMillis) * MILLI;
    return new AlertFacts(id(1504), 3, direction, START.plusSeconds(300), START.plusSeconds(240),
      START.plusSeconds(10), new Summary(1500, beforeMillis * MILLI, 10 * MILLI, 12 * MILLI),
      new Summary(connections, afterMillis * MILLI, 530 * MILLI, 540 * MILLI), shift, shift - 5 * MILLI,
      shift + 6 * MILLI, connections < 50, connections, 4, 9400, 365.25);
  }

  @Test
  void should_write_all_that_the_detector_found() {
    var alert = Alerts.of(new Verdict(STARTUP, new AlertStep.Updated(facts(Direction.UP, 8, 511, 14)), true));

    assertThat(alert.getAlertId()).matches("[0-9a-f]{32}");
    assertThat(alert.getState()).isEqualTo(AlertState.UPDATED);
    assertThat(alert.getRevision()).isEqualTo(3);
    assertThat(alert.getDirection()).isEqualTo(io.halfsecond.schemas.Direction.UP);
    assertThat(alert.getPhase()).isEqualTo(Phase.STARTUP);
    assertThat(alert.getAt()).isEqualTo(START.plusSeconds(300));
    assertThat(alert.getOpenedAt()).isEqualTo(START.plusSeconds(240));
    assertThat(alert.getOnset()).isEqualTo(START.plusSeconds(10));
    assertThat(alert.getBefore().getP50()).isEqualTo(8.0 * MILLI);
    assertThat(alert.getAfter().getCount()).isEqualTo(14);
    assertThat(alert.getShiftNanos()).isEqualTo(503.0 * MILLI);
    assertThat(alert.getVotes()).isEqualTo(4);
    assertThat(alert.getLimitDays()).isEqualTo(365.25);
    assertThat(AvroSerde.of(Alert.class).decode(AvroSerde.of(Alert.class).encode(alert))).isEqualTo(alert);
  }

  @Test
  void should_say_it_in_a_sentence() {
    var alert = Alerts.of(new Verdict(STARTUP, new AlertStep.Opened(facts(Direction.UP, 8, 511, 14)), true));

    assertThat(alert.getSummary()).isEqualTo(
      "web-17: sshd startup 8.0 ms → 511 ms (+503 ms [498 ms, 509 ms], 64×) since 2024-03-29 12:00:10Z, over 14 "
        + "connections (preliminary). Evidence 9,400 days against a limit of 365. Telemetry complete.");
  }

  @Test
  void should_say_which_stratum_and_that_telemetry_was_lost() {
    var key = new SignalKey(HOST, Signal.CPU_PREAUTH, "publickey/failed");

    var alert = Alerts
      .of(new Verdict(key, new AlertStep.Opened(facts(Direction.DOWN, 0.5, 0.25, 1000)), false));

    assertThat(alert.getSummary()).isEqualTo(
      "web-17: sshd CPU in preauth of publickey/failed 500 µs → 250 µs (-250 µs [-5.3 ms, 5.8 ms]) since 2024-03-29 "
        + "12:00:10Z, over 1,000 connections. Evidence 9,400 days against a limit of 365. Telemetry incomplete: some "
        + "was lost since the onset.");
  }

  @Test
  void should_say_that_it_is_over() {
    var alert = Alerts
      .of(new Verdict(STARTUP, new AlertStep.Resolved(facts(Direction.UP, 8, 511, 14)), true));

    assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
    assertThat(alert.getSummary()).isEqualTo(
      "web-17: sshd startup is back near 8.0 ms after 511 ms since 2024-03-29 12:00:10Z. Telemetry complete.");
  }

  @Test
  void should_give_every_alert_an_id_of_its_own() {
    var ids = new HashSet<String>();
    var keys = List.of(STARTUP, new SignalKey("web-18", Signal.STARTUP, "all"),
      new SignalKey(HOST, Signal.CPU_STARTUP, "all"), new SignalKey(HOST, Signal.STARTUP, "all/log"));
    for (var key : keys) {
      ids.add(Alerts.id(key, id(1)));
      ids.add(Alerts.id(key, id(2)));
    }

    assertThat(ids).hasSize(8);
    // printf 'web-17\nstartup\nall\n00000000000000000000000000000001\n' | sha256sum | cut -c1-32
    assertThat(Alerts.id(STARTUP, id(1))).isEqualTo("19935bc40e658b437d894ae13ef2c050");
  }
}
