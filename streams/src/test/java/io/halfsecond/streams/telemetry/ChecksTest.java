package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import io.halfsecond.streams.Given;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChecksTest {
  private static final TimeBounds BOUNDS = new TimeBounds(Duration.ofDays(30), Duration.ofMinutes(10));

  static Stream<Telemetry> sane() {
    return Stream.of(
      new Telemetry.Authentication(auth(1, START).build()),
      new Telemetry.Authentication(auth(1, START.plus(BOUNDS.future())).build()),
      new Telemetry.Authentication(auth(1, START.minus(BOUNDS.past())).build()),
      new Telemetry.Session(session(1, START).build()),
      new Telemetry.Heartbeat(heartbeat(1, START).build()));
  }

  @ParameterizedTest
  @MethodSource("sane")
  void should_let_through_what_can_be_true(Telemetry telemetry) {
    assertThatCode(() -> Checks.check(HOST, telemetry, BOUNDS, START)).doesNotThrowAnyException();
  }

  static Stream<Arguments> insane() {
    return Stream.of(
      Arguments.of("key is not the host",
        new Telemetry.Authentication(auth(1, START).setHost("web-18").build())),
      Arguments.of("not a host name", new Telemetry.Authentication(auth(1, START).setHost("web/17").build())),
      Arguments.of("id is not", new Telemetry.Authentication(auth(1, START).setId("17").build())),
      Arguments.of("collector", new Telemetry.Authentication(auth(1, START).setCollector("").build())),
      Arguments.of("sequence is -1", new Telemetry.Authentication(auth(1, START).setSequence(-1).build())),
      Arguments.of("out of bounds",
        new Telemetry.Authentication(auth(1, START.plus(BOUNDS.future()).plusMillis(1)).build())),
      Arguments.of("out of bounds",
        new Telemetry.Authentication(auth(1, START.minus(BOUNDS.past()).minusMillis(1)).build())),
      Arguments.of("decided before",
        new Telemetry.Authentication(auth(1, START).setConnectedAt(START.plusMillis(1)).build())),
      Arguments.of("startupNanos is -1",
        new Telemetry.Authentication(auth(1, START).setStartupNanos(-1L).build())),
      Arguments.of("preauthNanos is",
        new Telemetry.Authentication(auth(1, START).setPreauthNanos(Long.MAX_VALUE).build())),
      Arguments.of("preauthCpuNanos is -5",
        new Telemetry.Authentication(auth(1, START).setPreauthCpuNanos(-5L).build())),
      Arguments.of("ended before",
        new Telemetry.Session(session(1, START).setConnectedAt(START.plusSeconds(1)).build())),
      Arguments.of("wallNanos is -1", new Telemetry.Session(session(1, START).setWallNanos(-1).build())),
      Arguments.of("lostEvents is -1", new Telemetry.Session(session(1, START).setLostEvents(-1).build())),
      Arguments.of("cpuNanos is -3000000", new Telemetry.Session(
        session(1, START).setCpu(List.of(Given.cpu(Role.USER, Phase.SESSION, -3))).build())),
      Arguments.of("source lost is -1",
        new Telemetry.Heartbeat(heartbeat(1, START).setSources(List.of(Given.source(-1))).build())),
      Arguments.of("recordsDropped is -1",
        new Telemetry.Heartbeat(heartbeat(1, START).setRecordsDropped(Map.of("spool_full", -1L)).build())));
  }

  @ParameterizedTest
  @MethodSource("insane")
  void should_say_what_is_wrong_with_what_cannot_be_true(String message, Telemetry telemetry) {
    assertThatThrownBy(() -> Checks.check(HOST, telemetry, BOUNDS, START))
      .isInstanceOf(InsaneRecordException.class).hasMessageContaining(message);
  }

  @Test
  void should_reject_a_tombstone() {
    assertThatThrownBy(() -> Checks.present(null)).isInstanceOf(InsaneRecordException.class);
  }

  @Test
  void should_reject_a_record_without_a_key() {
    var telemetry = new Telemetry.Heartbeat(heartbeat(1, START).build());

    assertThatThrownBy(() -> Checks.check(null, telemetry, BOUNDS, START))
      .isInstanceOf(InsaneRecordException.class).hasMessageContaining("key");
  }
}
