package io.halfsecond.streams.alert;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.SelfTestResource;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.Given;
import java.util.List;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingViewTest {
  private static Alert alert(String subject, Object finding, AlertState state) {
    return Alert.newBuilder()
        .setAlertId(Given.id(1))
        .setState(state)
        .setRevision(0)
        .setTier(Tier.STEP)
        .setScope(AlertScope.HOST)
        .setHost(HOST)
        .setSubject(subject)
        .setAt(START.plusSeconds(60))
        .setOpenedAt(START)
        .setOnset(START)
        .setFinding(finding)
        .setSummary("")
        .build();
  }

  private static SelfTestFinding.Builder slowAsService() {
    return SelfTestFinding.newBuilder()
        .setCommand("sshd -V")
        .setEnvironment(SelfTestEnvironment.TERMINAL)
        .setResource(SelfTestResource.WALL_TIME)
        .setRuns(24)
        .setServiceNanos(512.0 * MILLI)
        .setOtherNanos(9.1 * MILLI)
        .setPValue(1e-12)
        .setEvidenceDays(9400)
        .setLimitDays(365.25);
  }

  @ParameterizedTest
  @CsvSource({
    "TERMINAL, with TERM set",
    "NO_LANGUAGE, without LANG",
    "LOADER_DEBUG, with LD_DEBUG set",
    "OTHER_NAME, under another name",
    "UNKNOWN, in an environment of a newer version"
  })
  void should_name_the_environment_of_a_self_test(SelfTestEnvironment environment, String words) {
    var finding = slowAsService().setEnvironment(environment).build();

    assertThat(Sentence.of(alert("selftest/sshd_-V/x", finding, AlertState.OPENED)))
        .isEqualTo(
            "web-17: sshd -V takes 512 ms as a service, 9.1 ms %s (24 runs each; self-test), seen"
                    .formatted(words)
                + " 2024-03-29 12:00:00Z. What changed is not known. Evidence 9,400 days against a"
                + " limit of 365. Telemetry complete. Alert 00000000.");
  }

  @Test
  void should_name_the_resource_of_a_self_test_and_its_direction() {
    var slower = slowAsService().setResource(SelfTestResource.CPU_TIME).build();
    var faster = slowAsService().setServiceNanos(1e6).build();

    assertThat(Sentence.of(alert("selftest/sshd_-V/term-set", slower, AlertState.OPENED)))
        .contains("takes 512 ms of CPU as a service");
    assertThat(FindingView.of(alert("selftest/x/y", slower, AlertState.OPENED)).direction())
        .isEqualTo(Direction.UP);
    assertThat(FindingView.of(alert("selftest/x/y", faster, AlertState.OPENED)).direction())
        .isEqualTo(Direction.DOWN);
    assertThat(Sentence.of(alert("selftest/sshd_-V/term-set", faster, AlertState.RESOLVED)))
        .startsWith("web-17: sshd -V costs the same as a service and with TERM set again, after ");
  }

  @Test
  void should_state_a_contradiction_with_its_statements_and_no_size() {
    var contradiction =
        ContradictionFinding.newBuilder()
            .setRule("unlogged")
            .setAbout("connection 4711")
            .setStatements(
                List.of(
                    new Statement("kernel", "authenticated by publickey"),
                    new Statement("log", "no line of this process")))
            .build();
    var open = alert("unlogged/4711", contradiction, AlertState.OPENED);
    var over = alert("unlogged/4711", contradiction, AlertState.RESOLVED);

    assertThat(Sentence.of(open))
        .isEqualTo(
            "web-17: connection 4711 (unlogged), seen 2024-03-29 12:00:00Z. kernel: authenticated"
                + " by publickey; log: no line of this process. What changed is not known."
                + " Alert 00000000.");
    assertThat(Sentence.of(over))
        .isEqualTo(
            "web-17: connection 4711 (unlogged) is over since 2024-03-29 12:01:00Z. Alert"
                + " 00000000.");
    assertThat(FindingView.of(open).moved()).isEmpty();
    assertThat(FindingView.signal(open)).isEqualTo("unlogged");
    assertThat(FindingView.stratum(open)).isEqualTo("4711");
  }

  @Test
  void should_state_a_shift_of_a_signal_of_a_newer_version() {
    var finding =
        ShiftFinding.newBuilder(Given.shifted().build()).setSignal(Signal.UNKNOWN).build();

    assertThat(Sentence.of(alert("new-signal/all", finding, AlertState.OPENED)))
        .startsWith("web-17: sshd signal UNKNOWN 8.0 ms → 8.0 ms (+50 ms [49 ms, 51 ms]) since ")
        .contains("over 9 connections (preliminary).");
  }

  @Test
  void should_view_every_kind_of_the_schema() {
    var kinds = Alert.getClassSchema().getField("finding").schema().getTypes();

    assertThat(kinds).hasSize(3);
    for (var kind : kinds) {
      var finding = SpecificData.newInstance(SpecificData.get().getClass(kind), kind);

      assertThat(FindingView.of(alert("any/thing", finding, AlertState.OPENED))).isNotNull();
    }
  }
}
