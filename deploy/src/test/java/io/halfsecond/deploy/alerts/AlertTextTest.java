package io.halfsecond.deploy.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.Signal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertTextTest {
  @Test
  void should_say_what_moved_from_where_to_where_since_when_and_on_what_evidence() {
    assertThat(AlertText.of(startup().build())).isEqualTo(
      """
        web-17: sshd startup 8.2 ms → 511 ms (+503 ms [498, 509], 62×) since 12:04:10Z, over 14 connections; preliminary.
        Evidence 9,400 days against a limit of 1,826, by 6 votes of the detector. Telemetry complete.""");
  }

  @Test
  void should_join_latency_and_cpu_of_one_event_in_any_order() {
    var latency = startup().build();
    var cpu = cpu().build();

    assertThat(AlertText.ofAll(List.of(cpu, latency))).isEqualTo(AlertText.ofAll(List.of(latency, cpu)))
      .containsExactly(
        """
          web-17: sshd startup 8.2 ms → 511 ms (+503 ms [498, 509], 62×) since 12:04:10Z, over 14 connections; CPU per connection 7.6 ms → 508 ms in startup; preliminary.
          Evidence 9,400 days against a limit of 1,826, by 6 votes of the detector. Telemetry complete.
          Of CPU: +501 ms [499, 503], over a million days against a limit of 1,826. Telemetry complete.""");
  }

  @Test
  void should_keep_apart_what_is_not_one_event() {
    var latency = startup().build();

    assertThat(AlertText.ofAll(List.of(latency, cpu().setHost("web-18").build()))).hasSize(2);
    assertThat(AlertText.ofAll(List.of(latency, cpu().setDirection(Direction.DOWN).build()))).hasSize(2);
    assertThat(
      AlertText.ofAll(List.of(latency, cpu().setOnset(Instant.parse("2026-03-29T12:10:00Z")).build())))
      .hasSize(2);
    assertThat(AlertText.ofAll(List.of(latency, cpu().setSignal(Signal.CPU_PREAUTH).build()))).hasSize(2);
  }

  @Test
  void should_name_the_stratum_when_it_is_not_all() {
    var alert = startup().setSignal(Signal.PREAUTH).setStratum("publickey/failed").setPhase(Phase.PREAUTH)
      .build();

    assertThat(AlertText.of(alert)).startsWith("web-17: sshd preauth of publickey/failed 8.2 ms → 511 ms");
  }

  @Test
  void should_say_when_telemetry_was_lost() {
    assertThat(AlertText.of(startup().setTelemetryComplete(false).build())).endsWith(
      "by 6 votes of the detector. Telemetry of this host was lost in between: the figures may be off.");
  }

  @Test
  void should_show_a_shift_downwards_with_a_minus() {
    var alert = startup().setDirection(Direction.DOWN).setBefore(quantiles(60e6)).setAfter(quantiles(30e6))
      .setShift(-30e6).setShiftLow(-31e6).setShiftHigh(-9.5e6).setPreliminary(false).build();

    assertThat(AlertText.of(alert)).startsWith(
      "web-17: sshd startup 60 ms → 30 ms (−30 ms [−31, −9.5], 0.50×) since 12:04:10Z, over 14 connections.\n");
  }

  @Test
  void should_say_that_it_is_over_when_resolved() {
    var alert = startup().setState(AlertState.RESOLVED).setAt(Instant.parse("2026-03-31T08:00:00Z"))
      .setPreliminary(
        false)
      .build();

    assertThat(AlertText.line(alert))
      .isEqualTo("2026-03-31 08:00:00Z RESOLVED web-17: sshd startup is back to what it "
        + "was; had moved 8.2 ms → 511 ms (+503 ms [498, 509], 62×) since 2026-03-29 12:04:10Z, over 14 connections.");
  }

  @Test
  void should_survive_a_baseline_of_zero_and_single_counts() {
    var alert = startup().setBefore(quantiles(0)).setConnections(1).setVotes(1).build();

    assertThat(AlertText.of(alert)).contains("0.0 ms → 511 ms (+503 ms [498, 509], from nothing)",
      "over 1 connection;", "by 1 vote of the detector");
  }

  @Test
  void should_give_every_fact_as_json() {
    var json = AlertJson.of(startup().build());

    assertThat(json)
      .startsWith("{\"alertId\":\"00112233445566778899aabbccddeeff\",\"state\":\"OPENED\",\"revision\":0,")
      .contains("\"onset\":\"2026-03-29T12:04:10Z\"", "\"before\":{\"count\":310,\"p50\":8200000.0,",
        "\"telemetryComplete\":true", "\"connections\":14")
      .doesNotContain("\n");
  }

  private static Alert.Builder startup() {
    return Alert.newBuilder().setAlertId("00112233445566778899aabbccddeeff").setState(AlertState.OPENED)
      .setRevision(0)
      .setHost("web-17").setSignal(Signal.STARTUP).setStratum("all").setDirection(Direction.UP)
      .setPhase(Phase.STARTUP)
      .setAt(Instant.parse("2026-03-29T12:04:40Z")).setOpenedAt(Instant.parse("2026-03-29T12:04:40Z"))
      .setOnset(Instant
        .parse("2026-03-29T12:04:10Z"))
      .setBefore(quantiles(8.2e6)).setAfter(quantiles(511e6)).setShift(503e6)
      .setShiftLow(498e6).setShiftHigh(509e6).setPreliminary(true).setConnections(14).setVotes(6)
      .setEvidenceDays(9_400).setLimitDays(1_826).setSummary("");
  }

  private static Alert.Builder cpu() {
    return startup().setSignal(Signal.CPU_STARTUP).setBefore(quantiles(7.6e6)).setAfter(quantiles(508e6))
      .setShift(
        501e6)
      .setShiftLow(499e6).setShiftHigh(503e6).setEvidenceDays(3e9).setOnset(Instant.parse(
        "2026-03-29T12:04:12Z"));
  }

  private static Quantiles quantiles(double p50) {
    return new Quantiles(310L, p50, p50 * 1.5, p50 * 2);
  }
}
