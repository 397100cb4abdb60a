package io.halfsecond.streams.measurement;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.id;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.measurement.Measurements.Unusable;
import io.halfsecond.streams.telemetry.Telemetry;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
  /// See [io.halfsecond.streams.engine.SelfTestFinder].
  private static final double SELF_TEST_SHARE = 0.015;

  @Test
  void should_take_five_measurements_from_an_authentication() {
    var timing =
        auth(1, START)
            .setStartupRunQueueNanos(MILLI)
            .setStartupMinorFaults(750L)
            .setPreauthRunQueueNanos(5 * MILLI)
            .build();

    var reading = Measurements.of(new Telemetry.Authentication(timing));

    assertThat(reading.at()).isEqualTo(START);
    assertThat(reading.measurements())
        .containsExactly(
            measured(Signal.STARTUP, "all", 7 * MILLI, 1.0 / 8),
            measured(Signal.CPU_STARTUP, "all", 7 * MILLI, 1.0 / 8),
            measured(Signal.FAULTS, "all", 750, 1.0 / 8),
            measured(Signal.PREAUTH, "publickey/accepted", 285 * MILLI, 0.2),
            measured(Signal.CPU_PREAUTH, "publickey/accepted", 20 * MILLI, 0.2));
  }

  private static Measurement measured(Signal signal, String stratum, double value, double waiting) {
    return new Measurement(signal, stratum, value, START, id(1), Sample.NO_SOURCE, waiting);
  }

  @Test
  void should_use_another_stratum_for_wall_times_when_the_wait_for_a_cpu_is_not_known() {
    var timing = auth(1, START).clearStartupRunQueueNanos().build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
        .contains(
            measured(Signal.STARTUP, "all/wall", 8 * MILLI, Sample.NOT_KNOWN),
            measured(Signal.CPU_STARTUP, "all", 7 * MILLI, Sample.NOT_KNOWN));
  }

  @Test
  void should_leave_the_wait_for_the_client_out_of_startup() {
    var late =
        auth(1, START).setStartupNanos(2_008 * MILLI).setClientWaitNanos(2_000 * MILLI).build();
    var unknown = auth(1, START).setStartupNanos(2_008 * MILLI).clearClientWaitNanos().build();

    assertThat(Measurements.of(new Telemetry.Authentication(late)).measurements())
        .contains(measured(Signal.STARTUP, "all", 8 * MILLI, 0));
    assertThat(Measurements.of(new Telemetry.Authentication(unknown)).measurements())
        .as("the client may have been late")
        .extracting(Measurement::signal)
        .contains(Signal.CPU_STARTUP, Signal.PREAUTH)
        .doesNotContain(Signal.STARTUP);
  }

  @Test
  void should_take_startup_and_no_preauth_from_a_scan_that_has_a_preauth_child() {
    var scan =
        auth(1, START)
            .setOutcome(Outcome.NO_PREAUTH)
            .setMethod(Method.UNKNOWN)
            .clearPreauthNanos()
            .clearPreauthCpuNanos()
            .clearPreauthRunQueueNanos()
            .build();

    assertThat(Measurements.of(new Telemetry.Authentication(scan)).measurements())
        .extracting(Measurement::signal)
        .containsExactly(Signal.STARTUP, Signal.CPU_STARTUP);
  }

  @Test
  void should_use_another_stratum_for_banner_and_key_exchange_when_sshd_auth_sends_the_banner() {
    var timing = probe(1, START).setGreeter(Role.PREAUTH).build();
    var contended =
        probe(1, START).setGreeter(Role.PREAUTH).setStartupRunQueueNanos(21 * MILLI).build();

    assertThat(Measurements.of(new Telemetry.Probe(timing)).measurements())
        .extracting(Measurement::signal, Measurement::stratum)
        .containsExactly(
            tuple(Signal.PROBE_BANNER, "sshd-auth"),
            tuple(Signal.PROBE_KEX, "sshd-auth"),
            tuple(Signal.PROBE_AUTH, "all"),
            tuple(Signal.PROBE_GAP, "all"));
    assertThat(Measurements.of(new Telemetry.Probe(contended)).measurements())
        .extracting(Measurement::stratum)
        .contains("sshd-auth/contended", "all/contended");
  }

  @Test
  void should_use_another_stratum_for_connections_that_waited_long_for_a_cpu() {
    var timing =
        auth(1, START)
            .setStartupRunQueueNanos(21 * MILLI)
            .setPreauthRunQueueNanos(20 * MILLI)
            .build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
        .extracting(Measurement::stratum)
        .containsExactly(
            "all/contended",
            "all/contended",
            "publickey/accepted/contended",
            "publickey/accepted/contended");
  }

  @Test
  void should_distinguish_sources_by_their_pseudonyms() {
    var one = source(auth(1, START).setSourcePseudonym("00000000000000a1"));
    var same = source(auth(2, START).setSourcePseudonym("00000000000000a1"));
    var other = source(auth(3, START).setSourcePseudonym("00000000000000a2"));

    assertThat(one).isEqualTo(same).isNotEqualTo(other).isNotEqualTo(Sample.NO_SOURCE);
    assertThat(source(auth(4, START))).isEqualTo(Sample.NO_SOURCE);
  }

  private static int source(AuthTiming.Builder timing) {
    return Measurements.of(new Telemetry.Authentication(timing.build()))
        .measurements()
        .getFirst()
        .source();
  }

  @Test
  void should_not_go_below_zero_when_two_processes_waited_at_once() {
    var timing = auth(1, START).setPreauthRunQueueNanos(500 * MILLI).build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
        .contains(measured(Signal.PREAUTH, "publickey/accepted/contended", 0, 500.0 / 520));
  }

  @Test
  void should_use_another_stratum_for_times_from_logs() {
    var timing =
        auth(1, START)
            .setEvidence(Evidence.LOG)
            .setMethod(Method.KEYBOARD_INTERACTIVE)
            .setOutcome(Outcome.TIMED_OUT)
            .clearStartupCpuNanos()
            .clearPreauthCpuNanos()
            .build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements())
        .extracting(Measurement::signal, Measurement::stratum)
        .containsExactly(tuple(Signal.PREAUTH, "keyboard-interactive/timed-out/log"));
  }

  @Test
  void should_give_no_measurement_for_an_absent_figure() {
    var timing =
        auth(1, START)
            .setOutcome(Outcome.NO_PREAUTH)
            .clearStartupNanos()
            .clearStartupCpuNanos()
            .build();

    assertThat(Measurements.of(new Telemetry.Authentication(timing)).measurements()).isEmpty();
  }

  @Test
  void should_add_up_the_cpu_time_of_monitor_and_user_process_in_a_session() {
    assertThat(Measurements.of(new Telemetry.Session(session(1, START).build())).measurements())
        .containsExactly(measured(Signal.CPU_SESSION, "all", 30 * MILLI, 0));
  }

  @Test
  void should_not_measure_failed_logins_or_incomplete_sessions() {
    var failed = session(1, START).setOutcome(Outcome.FAILED).build();
    var missed = session(1, START).clearTotalCpuNanos().build();
    var noSession =
        session(1, START).setCpu(List.of(Given.cpu(Role.MONITOR, Phase.STARTUP, 7))).build();

    for (var cpu : List.of(failed, missed, noSession)) {
      assertThat(Measurements.of(new Telemetry.Session(cpu)).measurements()).isEmpty();
    }
  }

  @Test
  void should_reject_connections_that_are_incomplete_or_from_a_probe() {
    assertThat(Measurements.unusable(new Telemetry.Authentication(auth(1, START).build())))
        .isEmpty();
    assertThat(
            Measurements.unusable(
                new Telemetry.Authentication(auth(1, START).setComplete(false).build())))
        .contains(Unusable.INCOMPLETE);
    assertThat(
            Measurements.unusable(
                new Telemetry.Session(session(1, START).setComplete(false).build())))
        .contains(Unusable.INCOMPLETE);
    assertThat(
            Measurements.unusable(
                new Telemetry.Authentication(auth(1, START).setProbe(id(2)).build())))
        .contains(Unusable.PROBE);
    assertThat(
            Measurements.unusable(new Telemetry.Session(session(1, START).setProbe(id(2)).build())))
        .contains(Unusable.PROBE);
    assertThat(Measurements.unusable(new Telemetry.Probe(probe(1, START).build()))).isEmpty();
    assertThat(Measurements.unusable(new Telemetry.SelfTest(selfTest(1, START).build()))).isEmpty();
    assertThat(Measurements.unusable(new Telemetry.Heartbeat(heartbeat(1, START).build())))
        .isEmpty();
  }

  @Test
  void should_take_four_measurements_from_a_round_of_the_probe() {
    var timing = probe(1, START).setStartupRunQueueNanos(MILLI).build();

    assertThat(Measurements.of(new Telemetry.Probe(timing)).measurements())
        .containsExactly(
            measured(Signal.PROBE_BANNER, "all", 8 * MILLI, 1.0 / 8),
            measured(Signal.PROBE_KEX, "all", 10 * MILLI, 1.0 / 8),
            measured(Signal.PROBE_AUTH, "all", 30 * MILLI, 1.0 / 8),
            measured(Signal.PROBE_GAP, "all", MILLI, 1.0 / 8));
  }

  @Test
  void should_take_the_absolute_gap_between_the_two_views() {
    var timing =
        probe(1, START).setStartupNanos(8 * MILLI).setKernelStartupNanos(11 * MILLI).build();

    assertThat(Measurements.of(new Telemetry.Probe(timing)).measurements())
        .contains(measured(Signal.PROBE_GAP, "all", 3 * MILLI, 0));
  }

  @Test
  void should_use_other_strata_for_rounds_that_waited_or_may_have_waited_for_a_cpu() {
    var unknown =
        probe(1, START)
            .clearStartupRunQueueNanos()
            .clearStartupCpuNanos()
            .clearKernelStartupNanos()
            .build();
    var contended = probe(1, START).setStartupRunQueueNanos(21 * MILLI).build();

    assertThat(Measurements.of(new Telemetry.Probe(unknown)).measurements())
        .extracting(Measurement::signal, Measurement::stratum)
        .containsExactly(
            tuple(Signal.PROBE_BANNER, "all/wall"),
            tuple(Signal.PROBE_KEX, "all/wall"),
            tuple(Signal.PROBE_AUTH, "all/wall"));
    assertThat(Measurements.of(new Telemetry.Probe(contended)).measurements())
        .extracting(Measurement::stratum)
        .hasSize(4)
        .containsOnly("all/contended");
  }

  @Test
  void should_take_only_completed_phases_from_a_round_that_was_broken_off() {
    var noKey =
        probe(1, START).setOutcome(ProbeOutcome.TIMED_OUT).clearKexNanos().clearAuthNanos().build();
    var noRefusal = probe(1, START).setOutcome(ProbeOutcome.CLOSED).clearAuthNanos().build();
    var noAnswer =
        probe(1, START)
            .setOutcome(ProbeOutcome.TIMED_OUT)
            .clearBannerNanos()
            .clearKexNanos()
            .clearAuthNanos()
            .clearStartupNanos()
            .build();

    assertThat(Measurements.of(new Telemetry.Probe(noKey)).measurements())
        .as("may be the minimum of fewer connections")
        .isEmpty();
    assertThat(Measurements.of(new Telemetry.Probe(noRefusal)).measurements())
        .containsExactly(measured(Signal.PROBE_KEX, "all", 10 * MILLI, 0));
    assertThat(Measurements.of(new Telemetry.Probe(noAnswer)).measurements()).isEmpty();
  }

  @Test
  void should_take_no_measurement_from_a_self_test() {
    var report = selfTest(1, START, comparison(SelfTestEnvironment.TERMINAL, 0.5)).build();

    var reading = Measurements.of(new Telemetry.SelfTest(report));

    assertThat(reading.measurements()).isEmpty();
    assertThat(reading.telemetry()).isEqualTo(new Telemetry.SelfTest(report));
  }

  @Test
  void should_divide_the_whole_budget_of_a_host_and_not_more() {
    var suffixes = List.of("", "/contended", "/wall", "/log");
    double shared = 0;
    for (var row : Signals.all()) {
      for (var suffix : suffixes) {
        shared +=
            bases(row.signal())
                .mapToDouble(base -> Signals.settings(row.signal(), base + suffix).share())
                .sum();
      }
    }

    assertThat(shared + SELF_TEST_SHARE).isCloseTo(1, within(1e-12));
  }

  private static Stream<String> bases(Signal signal) {
    return signal == Signal.PREAUTH || signal == Signal.CPU_PREAUTH
        ? Arrays.stream(Method.values())
            .flatMap(
                method ->
                    Arrays.stream(Outcome.values())
                        .filter(outcome -> outcome != Outcome.NO_PREAUTH)
                        .map(outcome -> Strata.of(method, outcome)))
        : Stream.of(Strata.ALL, Strata.SSHD_AUTH).limit(Signals.of(signal).definitions());
  }

  @Test
  void should_have_a_row_for_every_signal() {
    assertThat(Signals.all())
        .extracting(Signals.Row::signal)
        .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Signal.UNKNOWN)));
    assertThat(Signals.all()).extracting(Signals.Row::label).doesNotHaveDuplicates();
    assertThatThrownBy(() -> Signals.of(Signal.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("UNKNOWN");
  }

  @Test
  void should_parse_the_text_of_a_key() {
    for (var row : Signals.all()) {
      var key = new SignalKey("web-17", row.signal(), "publickey/failed/log");

      assertThat(SignalKey.parse(key.text())).isEqualTo(key);
      assertThat(key.text()).startsWith(SignalKey.prefix("web-17"));
    }
  }
}
