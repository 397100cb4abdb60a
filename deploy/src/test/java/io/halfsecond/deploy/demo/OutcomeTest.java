package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.Signals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final Instant SWAP = Instant.parse("2026-03-29T12:00:00Z");
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  @Test
  void should_be_as_expected_when_startup_went_up_after_the_swap() {
    assertThat(
            new Outcome(HALF_A_SECOND, SWAP, List.of(up(Signal.STARTUP, 20)), false).asExpected())
        .isTrue();
    assertThat(
            new Outcome(HALF_A_SECOND, SWAP, List.of(up(Signal.CPU_PREAUTH, 20)), true)
                .asExpected())
        .isFalse();
    assertThat(new Outcome(HALF_A_SECOND, SWAP, List.of(), true).asExpected()).isFalse();
  }

  @Test
  void should_not_take_an_alert_from_before_the_swap_for_the_one_it_waits_for() {
    var early =
        new Outcome(
            HALF_A_SECOND, SWAP, List.of(up(Signal.STARTUP, -1), up(Signal.CPU_STARTUP, -1)), true);

    assertThat(early.complete()).isFalse();
    assertThat(early.falseAlarms()).hasSize(2);
    assertThat(early.asExpected()).isFalse();
  }

  @Test
  void should_be_as_expected_without_a_delay_only_when_nothing_came_to_the_end() {
    assertThat(new Outcome(Duration.ZERO, SWAP, List.of(), true).asExpected()).isTrue();
    assertThat(new Outcome(Duration.ZERO, SWAP, List.of(), false).asExpected()).isFalse();
    assertThat(new Outcome(Duration.ZERO, SWAP, List.of(up(Signal.STARTUP, 5)), true).asExpected())
        .isFalse();
  }

  @Test
  void should_be_complete_once_both_signals_are_there() {
    assertThat(new Outcome(HALF_A_SECOND, SWAP, List.of(up(Signal.STARTUP, 5)), false).complete())
        .isFalse();
    assertThat(
            new Outcome(
                    HALF_A_SECOND,
                    SWAP,
                    List.of(up(Signal.STARTUP, 5), up(Signal.CPU_STARTUP, 9)),
                    false)
                .complete())
        .isTrue();
  }

  private static Alert up(Signal signal, int secondsAfterSwap) {
    var at = SWAP.plusSeconds(secondsAfterSwap);
    var quantiles = new Quantiles(1L, 1.0, 1.0, 1.0);
    return Alert.newBuilder()
        .setAlertId("a")
        .setState(AlertState.OPENED)
        .setRevision(0)
        .setHost("h")
        .setSubject(Signals.label(signal) + "/all")
        .setAt(at)
        .setOpenedAt(at)
        .setOnset(at)
        .setFinding(
            ShiftFinding.newBuilder()
                .setSignal(signal)
                .setStratum("all")
                .setDirection(Direction.UP)
                .setPhase(Phase.STARTUP)
                .setBefore(quantiles)
                .setAfter(quantiles)
                .setShift(0)
                .setShiftLow(0)
                .setShiftHigh(0)
                .setPreliminary(true)
                .setConnections(1)
                .build())
        .setSummary("")
        .build();
  }
}
