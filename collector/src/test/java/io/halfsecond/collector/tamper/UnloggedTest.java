package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.ProbeTag;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.UserClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Times are seconds. Each connection takes one.
class UnloggedTest {
  private static final long SECOND = 1_000_000_000L;

  private long lost;
  private boolean excused;
  private final List<Finding> found = new ArrayList<>();
  private final Unlogged rule =
      new Unlogged(
          () -> lost,
          _ -> excused,
          key -> "c" + key.monitorPid(),
          nanos -> Instant.EPOCH.plusNanos(nanos));

  private static Timing wall(long nanos) {
    return new Timing(
        OptionalLong.of(nanos), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  private void decided(int pid, int at, Outcome outcome, boolean complete, boolean probe) {
    rule.take(
        new AuthenticationDecided(
            new ConnectionKey(pid, (at - 1) * SECOND),
            at * SECOND,
            "sshd",
            new Login(
                outcome, Method.UNKNOWN, UserClass.UNKNOWN, Optional.empty(), Optional.empty()),
            wall(1),
            OptionalLong.empty(),
            wall(1),
            Evidence.KERNEL,
            complete,
            probe ? Optional.of(new ProbeTag(1, 1, true)) : Optional.empty(),
            OptionalLong.empty()));
  }

  private void unlogged(int pid, int at, Outcome outcome) {
    decided(pid, at, outcome, true, false);
  }

  /// A probe: it is refused, and its lines are read.
  private void control(int pid, int at) {
    read(pid, at, new SshdMessage.InvalidUser("x", "127.0.0.1", OptionalInt.of(1)));
    decided(pid, at, Outcome.FAILED, true, true);
  }

  private void read(int pid, int at, SshdMessage message) {
    rule.read(new LogEvent(at * SECOND, pid, message));
  }

  private static SshdMessage accepted() {
    return new SshdMessage.Authentication(
        AuthResult.ACCEPTED, "publickey", "alice", false, "127.0.0.1", 1);
  }

  private List<TamperFact> judge(int at) {
    found.clear();
    found.addAll(rule.judge(at * SECOND));
    return found.stream()
        .filter(finding -> finding.rule().equals(Unlogged.RULE))
        .flatMap(finding -> finding.facts().stream())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"ACCEPTED", "FAILED"})
  void should_find_a_connection_without_lines_between_two_with(Outcome outcome) {
    // given
    control(1, 10);

    // when
    unlogged(2, 20, outcome);
    control(3, 25);

    // then
    assertThat(judge(26)).as("a line may be late").isEmpty();
    assertThat(judge(30))
        .singleElement()
        .satisfies(
            fact -> {
              assertThat(fact.getObject()).isEmpty();
              assertThat(fact.getStatements().getFirst().getText())
                  .contains("process 2 of sshd", "1970-01-01T00:00:20Z (connection c2)");
            });
    assertThat(judge(31)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_PREAUTH", "TIMED_OUT", "CRASHED", "UNKNOWN"})
  void should_be_silent_about_what_sshd_may_not_log(Outcome outcome) {
    control(1, 10);
    unlogged(2, 20, outcome);
    control(3, 25);

    assertThat(judge(40)).isEmpty();
  }

  @Test
  void should_want_the_line_of_the_login_and_not_just_any() {
    // given: PAM's lines come at every level
    control(1, 10);
    read(2, 19, new SshdMessage.Other());
    unlogged(2, 20, Outcome.ACCEPTED);
    read(3, 21, new SshdMessage.Other());
    unlogged(3, 22, Outcome.FAILED);
    read(4, 23, accepted());
    unlogged(4, 24, Outcome.ACCEPTED);
    control(5, 30);

    // then
    assertThat(judge(40))
        .singleElement()
        .satisfies(
            fact -> assertThat(fact.getStatements().getFirst().getText()).contains("process 2 of"));
  }

  @Test
  void should_accept_a_line_that_comes_late() {
    control(1, 10);
    unlogged(2, 20, Outcome.ACCEPTED);
    control(3, 25);
    read(2, 19, accepted());

    assertThat(judge(40)).isEmpty();
  }

  @Test
  void should_be_silent_without_a_control() {
    // before it, and after it
    unlogged(1, 10, Outcome.ACCEPTED);
    control(2, 20);
    unlogged(3, 30, Outcome.ACCEPTED);
    assertThat(judge(60)).isEmpty();

    // a connection that began before the other was decided is none
    read(4, 30, new SshdMessage.InvalidUser("x", "127.0.0.1", OptionalInt.of(1)));
    decided(4, 31, Outcome.FAILED, true, true);
    assertThat(judge(60)).isEmpty();
    assertThat(judge(30 + (int) Unlogged.GIVE_UP.toSeconds() + 1)).isEmpty();
    control(5, 2000);
    assertThat(judge(2020)).isEmpty();
  }

  @Test
  void should_be_silent_where_lines_were_lost() {
    // given
    control(1, 10);

    // when: events of the kernel, lines of the log, a truncation, a daemon's restart
    decided(2, 20, Outcome.ACCEPTED, false, false);
    control(3, 25);
    assertThat(judge(40)).isEmpty();
    unlogged(4, 50, Outcome.ACCEPTED);
    lost++;
    control(5, 55);
    assertThat(judge(70)).isEmpty();
    rule.gap(89 * SECOND, 90 * SECOND);
    unlogged(6, 80, Outcome.ACCEPTED);
    control(7, 85);
    assertThat(judge(100)).isEmpty();
    excused = true;
    unlogged(8, 110, Outcome.ACCEPTED);
    control(9, 115);
    assertThat(judge(130)).isEmpty();
    excused = false;

    // then: and not for ever
    unlogged(10, 140, Outcome.ACCEPTED);
    control(11, 145);
    assertThat(judge(160)).hasSize(1);
  }

  @Test
  void should_find_a_login_that_was_well_before_a_rotation() {
    control(1, 10);
    unlogged(2, 20, Outcome.ACCEPTED);
    rule.gap(31 * SECOND, 32 * SECOND);
    control(3, 35);

    assertThat(judge(40)).hasSize(1);
  }

  @Test
  void should_tell_once_that_the_log_is_silent_and_of_no_login_then() {
    // given
    control(1, 10);
    assertThat(judge(11)).isEmpty();
    assertThat(found).isEmpty();

    // when
    for (int n = 0; n < 100; n++) {
      unlogged(100 + n, 20 + 2 * n, Outcome.ACCEPTED);
    }
    var told = judge(230);

    // then
    assertThat(told).isEmpty();
    assertThat(found)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(Unlogged.SILENCE_RULE);
              assertThat(finding.complete()).isFalse();
              assertThat(finding.facts()).hasSize(1);
            });
    assertThat(judge(231)).isEmpty();
    assertThat(found).isEmpty();

    // when
    control(300, 240);
    control(301, 260);

    // then
    assertThat(judge(300)).isEmpty();
    assertThat(found)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.facts().getFirst().getStatements())
                    .extracting(Statement::getText)
                    .containsExactly(
                        "100 connections in a row without a line from 1970-01-01T00:00:20Z to"
                            + " 1970-01-01T00:03:38Z; 100 of them logins",
                        "its lines are back at 1970-01-01T00:04:00Z"));
  }

  @Test
  void should_not_tell_of_a_silence_that_is_no_news() {
    // given: a log that was never heard
    for (int n = 0; n < 10; n++) {
      decided(100 + n, 60 * n, Outcome.FAILED, true, true);
    }

    // then
    assertThat(judge(700)).isEmpty();
    assertThat(found).isEmpty();
  }

  @Test
  void should_not_take_the_lines_of_an_earlier_process_with_the_same_pid() {
    read(2, 5, accepted());
    control(1, 10);
    unlogged(2, 20, Outcome.ACCEPTED);
    control(3, 25);

    assertThat(judge(40)).hasSize(1);
    assertThat(Duration.ofSeconds(10)).isEqualTo(Unlogged.SETTLE);
  }
}
