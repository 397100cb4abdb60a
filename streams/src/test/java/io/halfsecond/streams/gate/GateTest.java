package io.halfsecond.streams.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.gate.GateEvidence.HostEvidence;
import io.halfsecond.streams.gate.GateEvidence.Signs;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final GateQuestion WITHIN_5_MS = GateQuestion.ofAll(5e6, 0.99);
  private static final TrialFilter LIBLZMA = TrialFilter.ofObject("liblzma", Optional.empty());
  private static final Instant NOW = Given.START.plus(Duration.ofHours(3));

  private final SplittableRandom random = new SplittableRandom(7);

  /// A trial of startup (8 ms, spread 10 %) and of CPU in startup, with a login a minute.
  private Trial trial(String host, int logins, double extraMillis) {
    var past = new Histogram();
    for (int i = 0; i < 300; i++) {
      past.add(Bins.WIDE.binOf(startup()), 1);
    }
    var trial =
        Trial.of(
            host,
            List.of(TrialTest.liblzma()),
            Map.of("startup/all", past, "cpu-startup/all", past));
    trial.join("other-" + host, Map.of("startup/all", past, "cpu-startup/all", past));
    for (int i = 0; i < logins; i++) {
      var at = trial.begin().plusSeconds(60L * i);
      for (var subject : trial.subjects()) {
        trial.take(subject, at, startup() + extraMillis * 1e6);
        trial.takeOf("other-" + host, subject, at.plusSeconds(1), startup());
      }
    }
    return trial;
  }

  private double startup() {
    return 8e6 * Math.exp(0.1 * random.nextGaussian());
  }

  private GateEvidence evidence(int hosts, int logins, double extraMillis) {
    var collector = new GateEvidence.Collector(WITHIN_5_MS, LIBLZMA, NOW);
    IntStream.range(0, hosts)
        .mapToObj("web-%02d"::formatted)
        .forEach(host -> collector.add(host, trial(host, logins, extraMillis).toBytes()));
    return collector.evidence();
  }

  @Test
  void should_say_how_many_logins_it_takes_to_show_that_a_host_is_slower() {
    var few = (GateAnswer.NotKnownYet) Gate.answer(WITHIN_5_MS, evidence(1, 8, 500), NOW);

    var lack = few.lack().orElseThrow();
    assertThat(lack.claim()).isEqualTo(GateAnswer.Claim.SLOWER);
    assertThat(lack.by()).isPresent();
    int missing = Math.toIntExact(lack.pairs().orElseThrow());
    assertThat(Gate.answer(WITHIN_5_MS, evidence(1, 8 + missing, 500), NOW))
        .isInstanceOf(GateAnswer.Slower.class);
  }

  @Test
  void should_answer_slower_and_by_how_much_when_hosts_became_slower() {
    var answer = Gate.answer(WITHIN_5_MS, evidence(4, 30, 20), NOW);

    assertThat(answer)
        .isInstanceOfSatisfying(
            GateAnswer.Slower.class,
            slower -> assertThat(slower.signal()).isIn(Signal.STARTUP, Signal.CPU_STARTUP));
    var startup = answer.figures().signals().getFirst();
    assertThat(startup.signal()).isEqualTo(Signal.STARTUP);
    assertThat(startup.pairs()).isEqualTo(120);
    assertThat(startup.median()).isCloseTo(20e6, within(0.7e6));
    assertThat(startup.low()).isBetween(18e6, startup.median());
    assertThat(startup.high()).isBetween(startup.median(), 22e6);
    assertThat(startup.showing()).containsExactly("web-00", "web-01", "web-02", "web-03");
    assertThat(answer.figures().hosts()).isEqualTo(4);
    assertThat(answer.figures().accompanied()).isEqualTo(4);
    assertThat(answer.figures().measured()).isEqualTo(4);
  }

  @Test
  void should_answer_no_slower_after_nine_pairs_of_each_signal_when_none_is() {
    assertThat(Gate.answer(WITHIN_5_MS, evidence(1, 8, 0), NOW))
        .isInstanceOf(GateAnswer.NotKnownYet.class);
    assertThat(Gate.answer(WITHIN_5_MS, evidence(1, 9, 0), NOW))
        .isInstanceOf(GateAnswer.NoSlower.class);
  }

  /// One host in twenty: the median of all pairs has not moved.
  @Test
  void should_answer_slower_when_a_single_host_is_much_slower() {
    var collector = new GateEvidence.Collector(WITHIN_5_MS, LIBLZMA, NOW);
    for (int i = 0; i < 20; i++) {
      collector.add("web-" + i, trial("web-" + i, 60, i == 3 ? 500 : 0).toBytes());
    }

    var answer = Gate.answer(WITHIN_5_MS, collector.evidence(), NOW);

    assertThat(answer).isInstanceOf(GateAnswer.Slower.class);
    assertThat(answer.figures().signals().getFirst().showing()).containsExactly("web-3");
    assertThat(answer.figures().signals().getFirst().median()).isLessThan(1e6);
  }

  @Test
  void should_say_what_is_missing_when_it_is_not_known_yet() {
    var now = Given.START.plus(Trial.SETTLING).plus(Duration.ofMinutes(6));

    var answer = Gate.answer(WITHIN_5_MS, evidence(1, 6, 0), now);

    assertThat(answer)
        .isInstanceOfSatisfying(
            GateAnswer.NotKnownYet.class,
            unknown -> {
              var lack = unknown.lack().orElseThrow();
              assertThat(lack.pairs()).hasValue(3);
              assertThat(lack.hosts()).hasValue(1);
              assertThat(lack.by()).contains(now.plus(Duration.ofMinutes(3)));
            });
  }

  /// Half of the pairs are beyond 5 ms.
  @Test
  void should_say_that_it_will_never_be_known_when_the_shift_is_the_limit() {
    var evidence =
        new GateEvidence(Map.of("web-1", host(new Signs(40, 20, 20, 60, NOW))), Map.of(), 0);

    assertThat(Gate.answer(WITHIN_5_MS, evidence, NOW))
        .isInstanceOfSatisfying(
            GateAnswer.NotKnownYet.class,
            unknown -> assertThat(unknown.lack().orElseThrow().pairs()).isEmpty());
  }

  private static HostEvidence host(Signs signs) {
    return new HostEvidence(
        Given.START, List.of(TrialTest.liblzma()), true, Map.of(Signal.STARTUP, signs));
  }

  @Test
  void should_name_the_signal_that_lacks_most() {
    var evidence =
        new GateEvidence(
            Map.of(
                "web-1",
                new HostEvidence(
                    Given.START,
                    List.of(TrialTest.liblzma()),
                    true,
                    Map.of(
                        Signal.STARTUP, new Signs(30, 0, 30, 70, NOW),
                        Signal.PREAUTH, new Signs(30, 13, 17, 70, NOW),
                        Signal.CPU_STARTUP, new Signs(0, 0, 0, 100, NOW)))),
            Map.of(),
            0);

    assertThat(Gate.answer(WITHIN_5_MS, evidence, NOW))
        .isInstanceOfSatisfying(
            GateAnswer.NotKnownYet.class,
            unknown -> assertThat(unknown.lack().orElseThrow().signal()).isEqualTo(Signal.PREAUTH));
  }

  @Test
  void should_know_nothing_when_no_host_has_the_change() {
    assertThat(Gate.answer(WITHIN_5_MS, GateEvidence.none(), NOW))
        .isInstanceOfSatisfying(
            GateAnswer.NotKnownYet.class,
            unknown -> {
              assertThat(unknown.lack()).isEmpty();
              assertThat(unknown.figures().signals()).isEmpty();
            });
  }

  @Test
  void should_add_up_in_any_order() {
    var parts = new ArrayList<GateEvidence>();
    for (int part = 0; part < 3; part++) {
      var collector = new GateEvidence.Collector(WITHIN_5_MS, LIBLZMA, NOW);
      for (int i = 0; i < 3; i++) {
        var host = "web-" + part + i;
        collector.add(host, trial(host, 5 + i, part).toBytes());
      }
      parts.add(collector.add("broken", new byte[] {1, 2, 3}).evidence());
    }

    var left = parts.get(0).plus(parts.get(1)).plus(parts.get(2));
    var right = parts.get(2).plus(parts.get(1).plus(parts.get(0)));

    assertThat(left).isEqualTo(right).isEqualTo(GateEvidence.none().plus(left));
    assertThat(left.hosts()).hasSize(9);
    assertThat(left.unreadable()).isEqualTo(3);
    assertThat(left.differences())
        .hasEntrySatisfying(
            Signal.STARTUP, all -> assertThat(all.total()).isEqualTo(3 * (5 + 6 + 7)));
    assertThatThrownBy(() -> left.plus(parts.getFirst()))
        .hasMessageStartingWith("two trials of the host web-0");
  }

  @Test
  void should_leave_out_trials_of_other_changes_and_those_that_are_over() {
    byte[] bytes = trial("web-1", 5, 0).toBytes();
    var other = TrialFilter.ofObject("libcrypto", Optional.empty());

    assertThat(new GateEvidence.Collector(WITHIN_5_MS, other, NOW).add("web-1", bytes).evidence())
        .isEqualTo(GateEvidence.none());
    assertThat(
            new GateEvidence.Collector(WITHIN_5_MS, LIBLZMA, NOW.plus(Trial.LENGTH))
                .add("web-1", bytes)
                .evidence())
        .isEqualTo(GateEvidence.none());
  }

  @Test
  void should_leave_out_signals_that_were_not_asked_about() {
    var question = new GateQuestion(Set.of(Signal.CPU_STARTUP), 0, 0.9);
    var evidence =
        new GateEvidence.Collector(question, LIBLZMA, NOW)
            .add("web-1", trial("web-1", 30, 10).toBytes())
            .evidence();

    assertThat(Gate.answer(question, evidence, NOW).figures().signals())
        .extracting(GateAnswer.OfSignal::signal)
        .containsExactly(Signal.CPU_STARTUP);
  }

  @Test
  void should_refuse_a_question_without_sense() {
    assertThatThrownBy(() -> GateQuestion.ofAll(-1, 0.99)).hasMessageContaining("-1");
    assertThatThrownBy(() -> GateQuestion.ofAll(0, 1)).hasMessageContaining("100");
    assertThatThrownBy(() -> new GateQuestion(Set.of(Signal.FAULTS), 0, 0.99))
        .hasMessageContaining("FAULTS");
  }

  /// The interval holds the true shift at every one of 200 looks, in nearly all of 200 trials.
  @Test
  void should_cover_the_shift_at_all_times() {
    int missed = 0;
    for (int run = 0; run < 200; run++) {
      boolean covers = true;
      var nanos = new ArrayList<Float>();
      for (int n = 1; n <= 200; n++) {
        nanos.add((float) (3e6 + 1e6 * random.nextGaussian()));
        long rank = SignProcess.fewest(n, Math.log(2 / 0.05));
        var differences = Differences.of(nanos);
        covers &= differences.lowOf(n - rank + 1) <= 3e6 && differences.highOf(rank) >= 3e6;
      }
      missed += covers ? 0 : 1;
    }

    // 10 on average at most; 20 are exceeded once in a thousand.
    assertThat(missed).isBetween(0, 20);
  }

  @Test
  void should_round_differences_outwards_by_a_hundredth() {
    for (double nanos : new double[] {-4e8, -123_456, -10_000, 0, 9_999, 10_000, 3e6, 1e12}) {
      var one = Differences.of(List.of((float) nanos));
      double tolerance = Math.max(20_000, Math.abs(nanos) / 50);

      assertThat(one.lowOf(1)).isCloseTo(nanos, within(tolerance)).isLessThanOrEqualTo(nanos + 1);
      assertThat(one.highOf(1))
          .isCloseTo(nanos, within(tolerance))
          .isGreaterThanOrEqualTo(nanos - 1);
    }
    assertThat(Differences.of(List.<Float>of()).median()).isNaN();
    assertThat(new HashMap<>(Differences.of(List.of(1f, 2f, -1f)).counts()))
        .isEqualTo(Map.of(0, 3L));
  }
}
