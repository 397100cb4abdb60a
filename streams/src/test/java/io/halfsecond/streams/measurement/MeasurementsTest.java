package io.halfsecond.streams.measurement;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.id;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.telemetry.Telemetry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementsTest {

  @Test
  void should_take_four_numbers_from_an_authentication() {
    var timing = auth(1, START).setStartupRunQueueNanos(MILLI).setPreauthRunQueueNanos(40 * MILLI).build();

    var reading = Measurements.of(new Telemetry.Authentication(timing));

    assertThat(reading.at()).isEqualTo(START);
    assertThat(reading.measurements()).containsExactly(
      new Measurement(Signal.STARTUP, "all", 7 * MILLI, START, id(1)),
      new Measurement(Signal.CPU_STARTUP, "all", 7 * MILLI, START, id(1)),
      new Measurement(Signal.PREAUTH, "publickey/accepted", 250 * MILLI, START, id(1)),
      new Measurement(Signal.CPU_PREAUTH, "publickey/accepted", 20 * MILLI, START, id(1)));
  }

  @Test
  void should_keep_wall_times_apart_when_the_wait_for_a_cpu_is_not_known() {
    var timing = auth(1, START).clearStartupRunQueueNanos().build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
      .contains(new Measurement(Signal.STARTUP, "all/wall", 8 * MILLI, START, id(1)));
  }

  @Test
  void should_not_go_below_zero_when_two_processes_waited_at_once() {
    var timing = auth(1, START).setPreauthRunQueueNanos(500 * MILLI).build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
      .contains(new Measurement(Signal.PREAUTH, "publickey/accepted", 0, START, id(1)));
  }

  @Test
  void should_keep_what_only_logs_told_apart() {
    var timing = auth(1, START).setEvidence(Evidence.LOG).setMethod(Method.KEYBOARD_INTERACTIVE)
      .setOutcome(Outcome.TIMED_OUT).clearStartupCpuNanos().clearPreauthCpuNanos().build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
      .extracting(Measurement::stratum).containsExactly("all/log", "keyboard-interactive/timed-out/log");
  }

  @Test
  void should_give_no_number_for_what_was_not_measured() {
    var timing = auth(1, START).setOutcome(Outcome.NO_PREAUTH).clearStartupNanos().clearStartupCpuNanos()
      .build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements()).isEmpty();
  }

  @Test
  void should_add_up_what_monitor_and_user_process_cost_in_a_session() {
    assertThat(Measurements.of(new Telemetry.Session(session(1, START).build())).measurements())
      .containsExactly(new Measurement(Signal.CPU_SESSION, "all", 30 * MILLI, START, id(1)));
  }

  @Test
  void should_not_measure_sessions_that_were_none_or_partly_missed() {
    var failed = session(1, START).setOutcome(Outcome.FAILED).build();
    var missed = session(1, START).clearTotalCpuNanos().build();
    var noSession = session(1, START).setCpu(List.of(Given.cpu(Role.MONITOR, Phase.STARTUP, 7))).build();

    for (var cpu : List.of(failed, missed, noSession)) {
      assertThat(Measurements.of(new Telemetry.Session(cpu)).measurements()).isEmpty();
    }
  }

  @Test
  void should_find_incomplete_records_unusable() {
    assertThat(Measurements.usable(new Telemetry.Authentication(auth(1, START).build()))).isTrue();
    assertThat(Measurements.usable(new Telemetry.Authentication(auth(1, START).setComplete(false).build())))
      .isFalse();
    assertThat(Measurements.usable(new Telemetry.Session(session(1, START).setComplete(false).build())))
      .isFalse();
    assertThat(Measurements.usable(new Telemetry.Heartbeat(heartbeat(1, START).build()))).isTrue();
  }

  @Test
  void should_share_the_whole_budget_of_a_host_and_no_more() {
    double shared = 0;
    for (var signal : Signals.judged()) {
      shared += Signals.strata(signal) * Signals.settings(signal).budgetShare();
    }

    assertThat(shared).isCloseTo(1, within(1e-12));
    assertThat(Signals.AUTHENTICATION_STRATA).isEqualTo(35);
  }

  @Test
  void should_read_back_the_key_it_wrote() {
    for (var signal : Signals.judged()) {
      var key = new SignalKey("web-17", signal, "publickey/failed/log");

      assertThat(SignalKey.parse(key.text())).isEqualTo(key);
      assertThat(key.text()).startsWith(SignalKey.prefix("web-17"));
    }
  }
}
