package io.halfsecond.streams.selftest;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.Surrounding;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Direction;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.selftest.SelfTestJudge.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SelfTestJudgeTest {
  private static final double LIMIT_DAYS = 24_350;
  private static final String STRATUM = "sshd_-V/term-set";
  private static final Duration HOUR = Duration.ofHours(1);

  private final SelfTestState state = SelfTestState.fresh();
  private int tests;

  private List<Finding> test(Instant at, SelfTestComparison.Builder... comparisons) {
    return SelfTestJudge.take(state, selfTest(tests++, at, comparisons).build(), LIMIT_DAYS);
  }

  /// The xz payload: half a second as a service, asleep with TERM set.
  private static SelfTestComparison.Builder backdoored(double pValue) {
    return comparison(Surrounding.TERMINAL, pValue)
        .setServiceWallNanos(512.0 * MILLI)
        .setServiceCpuNanos(505.0 * MILLI);
  }

  private static List<AlertStep> steps(List<Finding> findings) {
    return findings.stream().map(Finding::step).toList();
  }

  @Test
  void should_open_and_confirm_at_first_sight() {
    var findings = test(START, backdoored(1e-12), comparison(Surrounding.NO_LANGUAGE, 0.7));

    assertThat(findings).extracting(Finding::stratum).containsExactly(STRATUM, STRATUM);
    assertThat(findings.get(0).step()).isInstanceOf(AlertStep.Opened.class);
    assertThat(findings.get(1).step()).isInstanceOf(AlertStep.Confirmed.class);
    AlertFacts facts = findings.get(1).step().facts();
    assertThat(facts.tier()).isEqualTo(Tier.STEP);
    assertThat(facts.direction()).isEqualTo(Direction.UP);
    assertThat(facts.onsetNotBefore()).isEmpty();
    assertThat(facts.at()).isEqualTo(START);
    assertThat(facts.openedAt()).isEqualTo(START);
    assertThat(facts.onset()).isEqualTo(START);
    assertThat(facts.before().p50()).isEqualTo(9.1 * MILLI);
    assertThat(facts.after().p50()).isEqualTo(512.0 * MILLI);
    assertThat(facts.shift()).isCloseTo(502.9 * MILLI, within(1.0));
    assertThat(facts.connections()).isEqualTo(24);
    assertThat(facts.evidenceDays()).isCloseTo(1 / 2e-12, within(1.0));
    assertThat(facts.limitDays()).isEqualTo(LIMIT_DAYS);
  }

  @Test
  void should_open_nothing_when_p_is_just_above_the_limit() {
    double limit = 1 / (2 * LIMIT_DAYS);

    assertThat(test(START, backdoored(limit * 1.0001), comparison(Surrounding.NO_LANGUAGE, 0.7)))
        .isEmpty();
    // A day later there is another day of it to spend.
    assertThat(
            test(
                START.plus(Duration.ofDays(1)),
                backdoored(limit),
                comparison(Surrounding.NO_LANGUAGE, 0.7)))
        .hasSize(2);
  }

  @Test
  void should_spend_no_more_than_the_time_since_the_last_test_and_a_day_at_most() {
    assertThat(test(START)).isEmpty();

    var afterAnHour = test(START.plus(HOUR), backdoored(1e-12)).getFirst().step().facts();
    assertThat(afterAnHour.evidenceDays()).isCloseTo(1e12 / 24, within(1e3));

    test(START.plus(HOUR.multipliedBy(2)), comparison(Surrounding.TERMINAL, 0.7));
    var afterAYear =
        test(START.plus(Duration.ofDays(365)), backdoored(1e-12)).getFirst().step().facts();
    assertThat(afterAYear.evidenceDays()).isCloseTo(1e12, within(1e3));
  }

  @Test
  void should_take_a_report_for_nothing_that_is_no_later_than_the_last() {
    test(START);
    test(START.minus(HOUR), backdoored(1e-12));

    assertThat(test(START, backdoored(1e-12))).isEmpty();
    assertThat(test(START.plusSeconds(60), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void should_tell_cpu_when_it_differs_more_and_that_a_program_is_faster() {
    var cpu =
        test(
            START,
            comparison(Surrounding.TERMINAL, 1e-12)
                .setCpuPValue(1e-13)
                .setServiceCpuNanos(20.0 * MILLI));
    var faster =
        test(
            START.plus(HOUR),
            comparison(Surrounding.OTHER_NAME, 1e-12).setOtherWallNanos(512.0 * MILLI));

    assertThat(cpu.getFirst().step().facts().before().p50()).isEqualTo(7.0 * MILLI);
    assertThat(cpu.getFirst().step().facts().after().p50()).isEqualTo(20.0 * MILLI);
    assertThat(faster.getFirst().step().facts().direction()).isEqualTo(Direction.DOWN);
    assertThat(faster.getFirst().step().facts().shift()).isCloseTo(-502.9 * MILLI, within(1.0));
  }

  @Test
  void should_judge_the_clearer_one_when_a_program_is_there_twice() {
    var findings =
        test(
            START,
            comparison(Surrounding.TERMINAL, 0.7),
            backdoored(1e-12).setCommand("/usr/local/sbin/sshd -V"));

    assertThat(findings).hasSize(2).extracting(Finding::stratum).containsOnly(STRATUM);
    assertThat(findings.getFirst().step().facts().after().p50()).isEqualTo(512.0 * MILLI);
    assertThat(findings.getFirst().step().facts().evidenceDays()).isCloseTo(1 / 2e-12, within(1.0));
  }

  @Test
  void should_resolve_when_a_later_test_shows_no_difference_and_open_another_when_it_is_back() {
    // given
    test(START, backdoored(1e-12));
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).as("nothing new").isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(2)), backdoored(0.05)))
        .as("no all-clear")
        .isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(3)), comparison(Surrounding.NO_LANGUAGE, 0.9)))
        .as("not of this one")
        .isEmpty();

    // when
    var gone = START.plus(HOUR.multipliedBy(4));
    var resolved = test(gone, comparison(Surrounding.TERMINAL, 0.051));
    var again = test(gone.plus(HOUR), backdoored(1e-12));

    // then
    assertThat(steps(resolved))
        .singleElement()
        .isInstanceOfSatisfying(
            AlertStep.Resolved.class,
            step -> {
              assertThat(step.facts().at()).isEqualTo(gone);
              assertThat(step.facts().openedAt()).isEqualTo(START);
              assertThat(step.facts().after().p50()).isEqualTo(512.0 * MILLI);
            });
    assertThat(again).hasSize(2);
    assertThat(again.getFirst().step().facts().openedAt()).isEqualTo(gone.plus(HOUR));
  }

  @Test
  void should_stay_silent_after_an_acceptance_until_the_difference_was_once_gone() {
    // given
    test(START, backdoored(1e-12));

    // when
    var accepted =
        SelfTestJudge.accept(
            state,
            (stratum, openedAt) -> stratum.equals(STRATUM) && openedAt.equals(START),
            START.plusSeconds(60));

    // then
    assertThat(accepted)
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.stratum()).isEqualTo(STRATUM);
              assertThat(finding.step()).isInstanceOf(AlertStep.Acknowledged.class);
              assertThat(finding.step().facts().at()).isEqualTo(START.plusSeconds(60));
            });
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(2)), comparison(Surrounding.TERMINAL, 0.7)))
        .isEmpty();
    assertThat(test(START.plus(HOUR.multipliedBy(3)), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void should_alert_again_when_an_acceptance_is_rolled_back() {
    // given
    test(START, backdoored(1e-12));
    SelfTestJudge.accept(state, (_, _) -> true, START.plusSeconds(60));

    // when
    assertThat(SelfTestJudge.rollBack(state, (_, openedAt) -> openedAt.equals(START)))
        .contains(STRATUM);

    // then
    assertThat(SelfTestJudge.rollBack(state, (_, _) -> true)).isEmpty();
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).hasSize(2);
  }

  @Test
  void should_stay_open_when_dismissed() {
    test(START, backdoored(1e-12));

    assertThat(SelfTestJudge.dismiss(state, (_, _) -> true, START.plusSeconds(60))).isPresent();

    assertThat(SelfTestJudge.dismiss(state, (_, _) -> false, START.plusSeconds(60))).isEmpty();
    assertThat(SelfTestJudge.rollBack(state, (_, _) -> true)).as("was not accepted").isEmpty();
    assertThat(test(START.plus(HOUR), backdoored(1e-12))).isEmpty();
    assertThat(steps(test(START.plus(HOUR.multipliedBy(2)), comparison(Surrounding.TERMINAL, 0.7))))
        .singleElement()
        .isInstanceOf(AlertStep.Resolved.class);
  }

  /// Uniform p-values, eight a report, all of one, half of one or none to do with each other,
  /// tested every few minutes to every ten hours. A limit of twenty days makes the expected number
  /// of alarms countable: the time over the limit.
  @Test
  void should_keep_the_promise_when_nothing_differs() {
    double limitDays = 20;
    for (double shared : new double[] {0, 0.5, 1}) {
      var random = new SplittableRandom(20240329);
      double days = 0;
      int opened = 0;
      for (int host = 0; host < 200; host++) {
        var tested = SelfTestState.fresh();
        var at = START;
        days += 1;
        double hoursBetween = 0.1 * Math.pow(100, random.nextDouble());
        for (int n = 0; n < 500; n++) {
          var report = selfTest(n, at, nullComparisons(shared, random)).build();
          opened +=
              (int)
                  SelfTestJudge.take(tested, report, limitDays).stream()
                      .filter(finding -> finding.step() instanceof AlertStep.Opened)
                      .count();
          var pause =
              Duration.ofSeconds(
                  (long) (hoursBetween * 3600 * -Math.log(1 - random.nextDouble())) + 1);
          at = at.plus(pause);
          days += pause.toSeconds() / 86_400.0;
        }
      }
      double promised = days / limitDays;
      // Alarms of one report come together if its p-values do, eight at most: so the deviation is
      // up to √8 times Poisson's.
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
              Surrounding.TERMINAL,
              Surrounding.NO_LANGUAGE,
              Surrounding.LOADER_DEBUG,
              Surrounding.OTHER_NAME)) {
        double p = 1 - (random.nextDouble() < shared ? common : random.nextDouble());
        comparisons.add(comparison(surrounding, p).setCommand(command));
      }
    }
    return comparisons.toArray(SelfTestComparison.Builder[]::new);
  }
}
