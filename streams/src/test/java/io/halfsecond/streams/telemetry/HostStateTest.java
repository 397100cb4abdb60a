package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.Given;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostStateTest {
  private static final Instant LONG_AFTER = START.plus(HostState.REORDERING).plusSeconds(60);

  private final HostState state = HostState.fresh();

  @Test
  void should_count_no_loss_when_topics_arrive_shifted_against_each_other() {
    // given
    for (int n : new int[] {4, 2, 3, 7, 5, 6}) {
      state.accept(new Telemetry.Authentication(auth(n, START.plusMillis(n)).build()));
    }

    // when
    state.accept(new Telemetry.Heartbeat(heartbeat(8, LONG_AFTER).build()));

    // then
    assertThat(state.missingRecords()).isZero();
    assertThat(state.completeSince(START)).isTrue();
  }

  @Test
  void should_count_missing_records_when_they_can_no_longer_arrive() {
    // given
    state.accept(new Telemetry.Authentication(auth(0, START).build()));
    state.accept(new Telemetry.Authentication(auth(4, START.plusSeconds(1)).build()));
    state.accept(new Telemetry.Authentication(auth(2, START.plusSeconds(2)).build()));
    assertThat(state.missingRecords()).isZero();

    // when
    state.accept(new Telemetry.Heartbeat(heartbeat(5, LONG_AFTER).build()));

    // then
    assertThat(state.missingRecords()).isEqualTo(2);
    assertThat(state.completeSince(START)).isFalse();
    assertThat(state.completeSince(START.plusSeconds(2))).isTrue();
  }

  @Test
  void should_count_probes_and_self_tests_in_the_same_sequence() {
    // given
    state.accept(new Telemetry.Heartbeat(heartbeat(0, START).build()));
    state.accept(
        new Telemetry.SelfTest(selfTest(2, START.plusSeconds(2)).setCohort("debian-12").build()));
    state.accept(
        new Telemetry.Probe(probe(1, START.plusSeconds(1)).setCohort("debian-12").build()));

    // when
    state.accept(new Telemetry.Heartbeat(heartbeat(3, LONG_AFTER).build()));

    // then
    assertThat(state.missingRecords()).isZero();
    assertThat(state.completeSince(START)).isTrue();
    assertThat(state.cohort()).isEqualTo("debian-12");
  }

  @Test
  void should_count_no_gap_before_the_first_record_of_a_host() {
    state.accept(new Telemetry.Heartbeat(heartbeat(1000, START).build()));
    state.accept(new Telemetry.Heartbeat(heartbeat(1001, LONG_AFTER).build()));

    assertThat(state.missingRecords()).isZero();
    assertThat(state.completeSince(START)).isTrue();
  }

  @Test
  void should_report_incomplete_telemetry_when_the_collector_restarts() {
    // given
    state.accept(new Telemetry.Heartbeat(heartbeat(17, START).build()));

    // when
    var restarted = START.plusSeconds(30);
    state.accept(new Telemetry.Heartbeat(heartbeat(0, restarted).setCollector("run-2").build()));

    // then
    assertThat(state.completeSince(restarted)).isFalse();
    assertThat(state.completeSince(restarted.plusMillis(1))).isTrue();
    assertThat(state.missingRecords()).isZero();
  }

  @Test
  void should_assign_a_late_record_to_its_old_run() {
    // given
    state.accept(new Telemetry.Heartbeat(heartbeat(17, START).build()));
    state.accept(
        new Telemetry.Heartbeat(heartbeat(0, START.plusSeconds(30)).setCollector("run-2").build()));

    // when
    state.accept(new Telemetry.Session(session(18, START.plusSeconds(31)).build()));
    state.accept(new Telemetry.Heartbeat(heartbeat(1, LONG_AFTER).setCollector("run-2").build()));

    // then
    assertThat(state.completeSince(START.plusSeconds(31))).isTrue();
    assertThat(state.missingRecords()).isZero();
  }

  @Test
  void should_remember_when_evidence_was_lost() {
    state.accept(new Telemetry.Authentication(auth(0, START).setComplete(false).build()));
    assertThat(state.completeSince(START)).isFalse();
    assertThat(state.completeSince(START.plusSeconds(1))).isTrue();

    state.accept(new Telemetry.Session(session(1, START.plusSeconds(1)).setLostEvents(3).build()));
    assertThat(state.completeSince(START.plusSeconds(1))).isFalse();
    assertThat(state.completeSince(START.plusSeconds(2))).isTrue();

    state.accept(
        new Telemetry.Heartbeat(
            heartbeat(2, START.plusSeconds(2)).setSources(List.of(Given.source(5))).build()));
    assertThat(state.completeSince(START.plusSeconds(2))).isFalse();
    assertThat(state.completeSince(START.plusSeconds(3))).isTrue();

    // The same count again is no new loss. One more dropped record is.
    state.accept(
        new Telemetry.Heartbeat(
            heartbeat(3, START.plusSeconds(3)).setSources(List.of(Given.source(5))).build()));
    assertThat(state.completeSince(START.plusSeconds(3))).isTrue();
    state.accept(
        new Telemetry.Heartbeat(
            heartbeat(4, START.plusSeconds(4))
                .setSources(List.of(Given.source(5)))
                .setRecordsDropped(Map.of("spool_full", 1L))
                .build()));
    assertThat(state.completeSince(START.plusSeconds(4))).isFalse();
  }

  @Test
  void should_limit_pending_gaps_when_every_other_record_is_missing() {
    for (int n = 0; n < 2000; n += 2) {
      state.accept(new Telemetry.Authentication(auth(n, START.plusMillis(n)).build()));
    }

    assertThat(state.missingRecords()).isEqualTo(999 - HostState.MAX_PENDING);
    assertThat(HostState.fromBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
  }

  @Test
  void should_read_back_its_bytes() {
    // given
    assertThat(state.heartbeat()).isEqualTo(Instant.MIN);
    state.accept(new Telemetry.Heartbeat(heartbeat(0, START).build()));
    state.accept(new Telemetry.Authentication(auth(5, START.plusSeconds(9)).build()));

    // when
    var copy = HostState.fromBytes(state.toBytes());
    copy.accept(new Telemetry.Heartbeat(heartbeat(6, LONG_AFTER).build()));

    // then
    assertThat(copy.missingRecords()).isEqualTo(4);
    assertThat(copy.clock()).isEqualTo(LONG_AFTER);
    assertThat(copy.heartbeat()).isEqualTo(LONG_AFTER);
  }

  @Test
  void should_reject_bytes_of_a_newer_version() {
    assertThatThrownBy(() -> HostState.fromBytes(new byte[] {9}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 9");
  }
}
