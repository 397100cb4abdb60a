package io.halfsecond.streams.selftest;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.SelfTestHistory;
import io.halfsecond.schemas.SelfTestResource;
import io.halfsecond.streams.selftest.SelfTestJudge.SelfTestStep;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SelfTestJudgeTest {
  private static final double LIMIT_DAYS = 24_350;
  private static final String SUBJECT = "selftest/sshd_-V/term-set";
  private static final Duration HOUR = Duration.ofHours(1);

  private final SelfTestHistory state = SelfTestJudge.fresh();
  private int tests;

  private List<SelfTestStep> test(Instant at, SelfTestComparison.Builder... comparisons) {
    return SelfTestJudge.take(state, selfTest(tests++, at, comparisons).build(), LIMIT_DAYS);
  }

  /// The xz payload: half a second as a service, inactive with TERM set.
  private static SelfTestComparison.Builder backdoored(double pValue) {
    return comparison(SelfTestEnvironment.TERMINAL, pValue)
        .setServiceWallNanos(512.0 * MILLI)
        .setServiceCpuNanos(505.0 * MILLI);
  }

  private static SelfTestFinding finding(SelfTestStep step) {
    return step.difference().getFinding().orElseThrow();
  }

  @Test
  void should_open_and_confirm_at_the_first_report() {
    var findings = test(START, backdoored(1e-12), comparison(SelfTestEnvironment.NO_LANGUAGE, 0.7));

    assertThat(findings)
        .extracting(step -> step.difference().getSubject())
        .containsExactly(SUBJECT, SUBJECT);
    assertThat(findings)
        .extracting(SelfTestStep::state)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    var step = findings.getLast();
    assertThat(step.difference().getNotBeforeMicros()).isEmpty();
    assertThat(step.at()).isEqualTo(START);
    assertThat(step.difference().getOpenedAt()).isEqualTo(START);
    assertThat(finding(step).getCommand()).isEqualTo("sshd -V");
    assertThat(finding(step).getEnvironment()).isEqualTo(SelfTestEnvironment.TERMINAL);
    assertThat(finding(step).getResource()).isEqualTo(SelfTestResource.WALL_TIME);
    assertThat(finding(step).getOtherNanos()).isEqualTo(9.1 * MILLI);
    assertThat(finding(step).getServiceNanos()).isEqualTo(512.0 * MILLI);
    assertThat(finding(step).getRuns()).isEqualTo(24);
    assertThat(finding(step).getPValue()).isCloseTo(1e-12, within(1e-18));
    assertThat(finding(step).getEvidenceDays()).isCloseTo(1 / 2e-12, within(1.0));
    assertThat(finding(step).getLimitDays()).isEqualTo(LIMIT_DAYS);
  }

  @Test
  void should_open_nothing_when_p_is_just_above_the_limit() {
    double limit = 1 / (2 * LIMIT_DAYS);

    assertThat(
            test(
                START,
                backdoored(limit * 1.0001),
                comparison(SelfTestEnvironment.NO_LANGUAGE, 0.7)))
        .isEmpty();
    // A day later there is another day of budget.
    assertThat(
            test(
                START.plus(Duration.ofDays(1)),
                backdoored(limit),
                comparison(SelfTestEnvironment.NO_LANGUAGE, 0.7)))
        .hasSize(2);
  }

  @Test
  void should_spend_the_time_since_the_last_report_and_at_most_a_day() {
    assertThat(test(START)).isEmpty();

    var afterAnHour = finding(test(START.plus(HOUR), backdoored(1e-12)).getFirst());
    assertThat(afterAnHour.getEvidenceDays()).isCloseTo(1e12 / 24, within(1e3));

    test(START.plus(HOUR.multipliedBy(2)), comparison(SelfTestEnvironment.TERMINAL, 0.7));
    var afterAYear = finding(test(START.plus(Duration.ofDays(365)), backdoored(1e-12)).getFirst());
    assertThat(afterAYear.getEvidenceDays()).isCloseTo(1e12, within(1e3));
  }

  @Test
  void should_ignore_a_report_that_is_no_later_than_the_last() {
    test(START);
    test(START.minus(HOUR), backdoored(1e-12));

    assertThat(test(START, backdoored(1e-12))).isEmpty();
    assertThat(test(START.plusSeconds(60), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void should_state_cpu_time_when_it_differs_more_and_report_a_faster_program() {
    var cpu =
        test(
            START,
            comparison(SelfTestEnvironment.TERMINAL, 1e-12)
                .setCpuPValue(1e-13)
                .setServiceCpuNanos(20.0 * MILLI));
    var faster =
        test(
            START.plus(HOUR),
            comparison(SelfTestEnvironment.OTHER_NAME, 1e-12).setOtherWallNanos(512.0 * MILLI));

    assertThat(finding(cpu.getFirst()).getResource()).isEqualTo(SelfTestResource.CPU_TIME);
    assertThat(finding(cpu.getFirst()).getOtherNanos()).isEqualTo(7.0 * MILLI);
    assertThat(finding(cpu.getFirst()).getServiceNanos()).isEqualTo(20.0 * MILLI);
    assertThat(finding(faster.getFirst()).getServiceNanos()).isEqualTo(9.1 * MILLI);
    assertThat(finding(faster.getFirst()).getOtherNanos()).isEqualTo(512.0 * MILLI);
  }

  @Test
  void should_judge_the_clearer_difference_when_a_program_is_in_two_directories() {
    var findings =
        test(
            START,
            comparison(SelfTestEnvironment.TERMINAL, 0.7),
            backdoored(1e-12).setCommand("/usr/local/sbin/sshd -V"));

    assertThat(findings)
        .hasSize(2)
        .extracting(step -> step.difference().getSubject())
        .containsOnly(SUBJECT);
    assertThat(finding(findings.getFirst()).getServiceNanos()).isEqualTo(512.0 * MILLI);
    assertThat(finding(findings.getFirst()).getEvidenceDays()).isCloseTo(1 / 2e-12, within(1.0));
  }

  @Test
  void should_resolve_when_a_later_report_shows_no_difference_and_open_again_when_it_returns() {
    // given
    test(START, backdoored(1e-12));
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).as("the alert is already open").isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(2)), backdoored(0.05)))
        .as("a small p-value does not end the alert")
        .isEmpty();
    assertThat(
            test(
                START.plus(HOUR.multipliedBy(3)), comparison(SelfTestEnvironment.NO_LANGUAGE, 0.9)))
        .as("another program does not end the alert")
        .isEmpty();

    // when
    var gone = START.plus(HOUR.multipliedBy(4));
    var resolved = test(gone, comparison(SelfTestEnvironment.TERMINAL, 0.051));
    var again = test(gone.plus(HOUR), backdoored(1e-12));

    // then
    assertThat(resolved)
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.state()).isEqualTo(AlertState.RESOLVED);
              assertThat(step.at()).isEqualTo(gone);
              assertThat(step.difference().getOpenedAt()).isEqualTo(START);
              assertThat(finding(step).getServiceNanos()).isEqualTo(512.0 * MILLI);
            });
    assertThat(again).hasSize(2);
    assertThat(again.getFirst().difference().getOpenedAt()).isEqualTo(gone.plus(HOUR));
  }

  @Test
  void should_open_nothing_after_an_acceptance_until_the_difference_has_gone() {
    // given
    test(START, backdoored(1e-12));

    // when
    var accepted = SelfTestJudge.accept(state, SUBJECT, START.plusSeconds(60));

    // then
    assertThat(accepted)
        .hasValueSatisfying(
            step -> {
              assertThat(step.difference().getSubject()).isEqualTo(SUBJECT);
              assertThat(finding(step).getServiceNanos()).isEqualTo(512.0 * MILLI);
              assertThat(step.state()).isEqualTo(AlertState.ACKNOWLEDGED);
              assertThat(step.at()).isEqualTo(START.plusSeconds(60));
            });
    assertThat(SelfTestJudge.accept(state, SUBJECT, START.plusSeconds(61))).isEmpty();
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).isEmpty();
    assertThat(
            test(START.plus(HOUR.multipliedBy(2)), comparison(SelfTestEnvironment.TERMINAL, 0.7)))
        .isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(3)), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void should_alert_again_when_an_acceptance_is_rolled_back() {
    // given
    test(START, backdoored(1e-12));
    SelfTestJudge.accept(state, SUBJECT, START.plusSeconds(60));

    // when
    assertThat(SelfTestJudge.rollBack(state, SUBJECT)).isTrue();

    // then
    assertThat(SelfTestJudge.rollBack(state, SUBJECT)).isFalse();
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void
      should_date_a_difference_by_its_first_self_test_however_often_an_acceptance_is_rolled_back() {
    test(START.minus(HOUR), comparison(SelfTestEnvironment.TERMINAL, 0.7));
    test(START, backdoored(1e-12));
    for (int hours = 1; hours < 5; hours += 2) {
      SelfTestJudge.accept(state, SUBJECT, START.plus(HOUR.multipliedBy(hours)));
      SelfTestJudge.rollBack(state, SUBJECT);

      var steps = test(START.plus(HOUR.multipliedBy(hours + 1)), backdoored(1e-12));

      assertThat(steps)
          .hasSize(2)
          .allSatisfy(
              step -> {
                assertThat(step.difference().getFoundMicros()).contains(micros(START));
                assertThat(step.difference().getNotBeforeMicros())
                    .contains(micros(START.minus(HOUR)));
              });
    }
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  @Test
  void should_forget_a_difference_that_is_gone_after_the_roll_back() {
    test(START, backdoored(1e-12));
    SelfTestJudge.accept(state, SUBJECT, START.plusSeconds(60));
    SelfTestJudge.rollBack(state, SUBJECT);

    assertThat(test(START.plus(HOUR), comparison(SelfTestEnvironment.TERMINAL, 0.7))).isEmpty();

    assertThat(test(START.plus(HOUR.multipliedBy(2)), backdoored(1e-12)))
        .hasSize(2)
        .allSatisfy(step -> assertThat(step.difference().getFoundMicros()).isEmpty());
  }

  @Test
  void should_stay_open_when_dismissed() {
    test(START, backdoored(1e-12));

    assertThat(SelfTestJudge.dismiss(state, SUBJECT, START.plusSeconds(60))).isPresent();

    assertThat(SelfTestJudge.dismiss(state, "selftest/other/term-set", START.plusSeconds(60)))
        .isEmpty();
    assertThat(SelfTestJudge.rollBack(state, SUBJECT)).as("was not accepted").isFalse();
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).isEmpty();
    assertThat(
            test(START.plus(HOUR.multipliedBy(2)), comparison(SelfTestEnvironment.TERMINAL, 0.7)))
        .extracting(SelfTestStep::state)
        .containsExactly(AlertState.RESOLVED);
  }

  /// Uniform p-values, eight in a report, of which all, half or none are equal. Reports come every
  /// few minutes to every ten hours. The limit is twenty days; the expected number of alarms is the
  /// time divided by the limit.
  @Test
  void should_keep_the_false_alarm_rate_when_nothing_differs() {
    double limitDays = 20;
    for (double shared : new double[] {0, 0.5, 1}) {
      var random = new SplittableRandom(20240329);
      double days = 0;
      int opened = 0;
      for (int host = 0; host < 200; host++) {
        var tested = SelfTestJudge.fresh();
        var at = START;
        days += 1;
        double hoursBetween = 0.1 * Math.pow(100, random.nextDouble());
        for (int n = 0; n < 500; n++) {
          var report = selfTest(n, at, nullComparisons(shared, random)).build();
          opened +=
              (int)
                  SelfTestJudge.take(tested, report, limitDays).stream()
                      .filter(step -> step.state() == AlertState.OPENED)
                      .count();
          var pause =
              Duration.ofSeconds(
                  (long) (hoursBetween * 3600 * -Math.log(1 - random.nextDouble())) + 1);
          at = at.plus(pause);
          days += pause.toSeconds() / 86_400.0;
        }
      }
      double promised = days / limitDays;
      // Equal p-values of a report give up to eight alarms at once, so the standard deviation is up
      // to √8 times that of a Poisson distribution.
      assertThat((double) opened)
          .as("p-values shared: %s", shared)
          .isLessThan(promised + 3 * Math.sqrt(8 * promised))
          .isGreaterThan(promised / 2);
    }
  }

  private static SelfTestComparison.Builder[] nullComparisons(
      double shared, SplittableRandom random) {
    double common = random.nextDouble();
    var comparisons = new ArrayList<SelfTestComparison.Builder>();
    for (var command : List.of("/usr/sbin/sshd -V", "/usr/lib/openssh/sshd-session -V")) {
      for (var surrounding :
          List.of(
              SelfTestEnvironment.TERMINAL,
              SelfTestEnvironment.NO_LANGUAGE,
              SelfTestEnvironment.LOADER_DEBUG,
              SelfTestEnvironment.OTHER_NAME)) {
        double p = 1 - (random.nextDouble() < shared ? common : random.nextDouble());
        comparisons.add(comparison(surrounding, p).setCommand(command));
      }
    }
    return comparisons.toArray(SelfTestComparison.Builder[]::new);
  }

  @Test
  void should_name_subjects_without_blanks_or_directories() {
    for (var environment : SelfTestEnvironment.values()) {
      var subject =
          SelfTestSubject.of(
              comparison(environment, 1)
                  .setCommand("/usr/sbin/sshd -t -f /dev/null -h /dev/null")
                  .build());

      assertThat(subject.command()).isEqualTo("sshd -t -f /dev/null -h /dev/null");
      assertThat(subject.text()).doesNotContainAnyWhitespaces().startsWith("selftest/sshd_-t_");
    }
    var auth = comparison(SelfTestEnvironment.TERMINAL, 1).setCommand("sshd-auth").build();
    assertThat(SelfTestSubject.of(auth).text()).isEqualTo("selftest/sshd-auth/term-set");
  }
}
