package io.halfsecond.streams.selftest;

import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Direction;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.measurement.SelfTestStratum;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Tells from a self-test whether one of sshd's programs does other work as a service than
/// elsewhere, as the xz backdoor's payload did. Pure, and at first sight: the comparison is its own
/// baseline.
///
/// A comparison differs beyond chance if Δ/(m·p) ≥ D, with Δ the days since the host's self-test
/// before (at most one, and one for the first), m the comparisons in the report, p the comparison's
/// p-value and D the limit in days.
///
/// **Guarantees** that a host whose programs cost the same everywhere has an alert opened at most
/// once in D days on average, be it tested seldom or often: P(p ≤ Δ/(m·D)) ≤ Δ/(m·D), the m of a
/// report add up to at most Δ/D (the union bound, however they depend on one another), and the Δ of
/// all reports to at most the time that has passed, and the one day to begin with.
///
/// **Assumes** that a p-value is one: under the null hypothesis P(p ≤ x) ≤ x.
public final class SelfTestJudge {
  private static final double MOST_DAYS = 1;

  /// A p-value above this is none of a program that differs: of one that does not, 19 in 20 are.
  private static final double NO_DIFFERENCE = 0.05;

  /// A step in the life of a stratum's alert.
  public record Finding(String stratum, AlertStep step) {}

  private SelfTestJudge() {}

  /// Takes a report in. One that is no later than the last says nothing. Nor does one say anything
  /// of a program that it does not have: an alert is not over because its program could not be run,
  /// or is gone. A person says so.
  ///
  /// @param limitDays D
  /// @return what comes of it, in the order of the strata
  public static List<Finding> take(SelfTestState state, SelfTestReport report, double limitDays) {
    var last = state.last;
    var at = report.getAt();
    if (last != null && !at.isAfter(last)) {
      return List.of();
    }
    double days =
        last == null
            ? MOST_DAYS
            : Math.min(
                MOST_DAYS,
                (double) Duration.between(last, at).toNanos() / Duration.ofDays(1).toNanos());
    state.last = at;
    int comparisons = report.getComparisons().size();
    var findings = new ArrayList<Finding>();
    clearest(report)
        .forEach(
            (stratum, comparison) -> {
              double evidence =
                  Math.min(Double.MAX_VALUE, days / (comparisons * Difference.pValue(comparison)));
              var open =
                  new Standing.Open(
                      at,
                      Optional.ofNullable(last),
                      Difference.of(comparison),
                      evidence,
                      limitDays);
              judge(state, stratum, Difference.pValue(comparison), open)
                  .forEach(step -> findings.add(new Finding(stratum, step)));
            });
    return findings;
  }

  /// A program may be there twice, in two directories: then the clearer difference of the two is
  /// judged, and m counts both.
  private static SortedMap<String, SelfTestComparison> clearest(SelfTestReport report) {
    var byPValue = Comparator.comparingDouble(Difference::pValue);
    return report.getComparisons().stream()
        .collect(
            Collectors.toMap(
                comparison -> SelfTestStratum.of(comparison).text(),
                comparison -> comparison,
                (one, other) -> byPValue.compare(one, other) <= 0 ? one : other,
                TreeMap::new));
  }

  /// @param found what an alert would say
  private static List<AlertStep> judge(
      SelfTestState state, String stratum, double pValue, Standing.Open found) {
    return switch (state.standing(stratum)) {
      case null ->
          found.evidenceDays() >= found.limitDays() ? open(state, stratum, found) : List.of();
      case Standing.Open open when pValue > NO_DIFFERENCE -> {
        state.forget(stratum);
        yield List.of(new AlertStep.Resolved(facts(open, found.openedAt())));
      }
      case Standing.Open _ -> List.of();
      case Standing.Accepted _ -> {
        if (pValue > NO_DIFFERENCE) {
          state.forget(stratum);
        }
        yield List.of();
      }
    };
  }

  /// Confirmed at once: a test that has come out does not get truer by waiting.
  private static List<AlertStep> open(SelfTestState state, String stratum, Standing.Open found) {
    state.put(stratum, found);
    var facts = facts(found, found.openedAt());
    return List.of(new AlertStep.Opened(facts), new AlertStep.Confirmed(facts));
  }

  /// Ends the open alert that is meant, and opens no other on its stratum until a self-test has
  /// found no difference there.
  ///
  /// @param meant by stratum and time of opening
  public static Optional<Finding> accept(
      SelfTestState state, BiPredicate<String, Instant> meant, Instant at) {
    return acknowledge(state, meant, at, open -> new Standing.Accepted(open.openedAt()));
  }

  /// Puts it down that nobody wants to hear more of the open alert that is meant.
  ///
  /// @param meant by stratum and time of opening
  public static Optional<Finding> dismiss(
      SelfTestState state, BiPredicate<String, Instant> meant, Instant at) {
    return acknowledge(state, meant, at, open -> open);
  }

  private static Optional<Finding> acknowledge(
      SelfTestState state,
      BiPredicate<String, Instant> meant,
      Instant at,
      Function<Standing.Open, Standing> then) {
    for (var entry : state.standings().entrySet()) {
      var stratum = entry.getKey();
      if (entry.getValue() instanceof Standing.Open open && meant.test(stratum, open.openedAt())) {
        state.put(stratum, then.apply(open));
        return Optional.of(new Finding(stratum, new AlertStep.Acknowledged(facts(open, at))));
      }
    }
    return Optional.empty();
  }

  /// Undoes an acceptance: the next self-test that shows the difference opens an alert.
  ///
  /// @param meant by stratum and time at which the accepted alert was opened
  /// @return the stratum, if one is meant
  public static Optional<String> rollBack(SelfTestState state, BiPredicate<String, Instant> meant) {
    for (var entry : state.standings().entrySet()) {
      var stratum = entry.getKey();
      if (entry.getValue() instanceof Standing.Accepted accepted
          && meant.test(stratum, accepted.openedAt())) {
        state.forget(stratum);
        return Optional.of(stratum);
      }
    }
    return Optional.empty();
  }

  /// A report has medians, and nothing else of a distribution: they stand for all of it.
  private static AlertFacts facts(Standing.Open open, Instant at) {
    var difference = open.difference();
    double shift = difference.nanos();
    return new AlertFacts(
        Tier.STEP,
        shift < 0 ? Direction.DOWN : Direction.UP,
        at,
        open.openedAt(),
        open.openedAt(),
        open.notBefore(),
        open.openedAt(),
        summary(difference.runs(), difference.otherNanos()),
        summary(difference.runs(), difference.serviceNanos()),
        shift,
        shift,
        shift,
        false,
        difference.runs(),
        1,
        0,
        Sample.NOT_KNOWN,
        Sample.NOT_KNOWN,
        open.evidenceDays(),
        open.limitDays());
  }

  private static Summary summary(int runs, double median) {
    return new Summary(runs, median, median, median);
  }
}
