package io.halfsecond.streams.selftest;

import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestDifference;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.SelfTestHistory;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SelfTestResource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds programs of sshd that do other work as a service than elsewhere, as the xz backdoor's
/// payload did. Pure. It needs no history: the comparison is its own baseline.
///
/// ```
/// (none) ── differs beyond chance ──► open ── accepted ──► accepted ── rolled back ──► standing
///   ▲                                  │ ▲                     │                        │ │
///   └───────── does not differ ────────┴─┼─────────────────────┴────────────────────────┘ │
///                                        └────────── differs beyond chance ───────────────┘
/// ```
///
/// A standing difference is known since the self-test that found it first.
///
/// A comparison differs beyond chance if Δ/(m·p) ≥ D, with Δ the days since the host's previous
/// self-test (at most one, and one for the first), m the number of comparisons in the report, p the
/// p-value of the comparison and D the limit in days.
///
/// **Guarantees** that a host whose programs cost the same everywhere has an alert opened at most
/// once in D days on average, however often it is tested: P(p ≤ Δ/(m·D)) ≤ Δ/(m·D), the m
/// comparisons of a report add up to at most Δ/D (the union bound, whatever their dependence), and
/// the Δ of all reports add up to at most the time passed plus the first day.
///
/// **Assumes** that a p-value is one: under the null hypothesis P(p ≤ x) ≤ x.
public final class SelfTestJudge {
  private static final double MOST_DAYS = 1;

  /// Differences of a host that are kept at a time. sshd has a handful of programs.
  private static final int MOST_DIFFERENCES = 64;

  /// Above this p-value a program counts as not different: 19 in 20 programs without a difference
  /// are above it.
  private static final double NO_DIFFERENCE = 0.05;

  private static final Comparator<SelfTestDifference> BY_SUBJECT =
      Comparator.comparing(SelfTestDifference::getSubject);

  /// A step in the life of an alert.
  ///
  /// @param difference with the finding that the alert is about
  public record SelfTestStep(AlertState state, Instant at, SelfTestDifference difference) {}

  private SelfTestJudge() {}

  public static SelfTestHistory fresh() {
    return SelfTestHistory.newBuilder().build();
  }

  /// Takes a report into the history. A report that is no later than the last one is ignored. A
  /// program that is missing in the report stays as it was: an alert does not end because its
  /// program could not be run.
  ///
  /// @param limitDays D
  /// @return the steps that follow, in the order of their subjects
  public static List<SelfTestStep> take(
      SelfTestHistory history, SelfTestReport report, double limitDays) {
    var last = history.getLast();
    var at = report.getAt();
    if (last.filter(before -> !at.isAfter(before)).isPresent()) {
      return List.of();
    }
    double days =
        last.map(before -> (double) Duration.between(before, at).toNanos())
            .map(nanos -> Math.min(MOST_DAYS, nanos / Duration.ofDays(1).toNanos()))
            .orElse(MOST_DAYS);
    history.setLast(at);
    var steps = new ArrayList<SelfTestStep>();
    clearest(report)
        .forEach(
            (subject, comparison) -> {
              double p = pValue(comparison);
              double evidence =
                  Math.min(Double.MAX_VALUE, days / (report.getComparisons().size() * p));
              var found =
                  SelfTestDifference.newBuilder()
                      .setSubject(subject)
                      .setOpenedAt(at)
                      .setFinding(finding(comparison, evidence, limitDays));
              last.ifPresent(
                  before ->
                      found.setNotBeforeMicros(ChronoUnit.MICROS.between(Instant.EPOCH, before)));
              steps.addAll(judge(history, found.build(), p, at));
            });
    return steps;
  }

  /// A program may be installed in two directories. Then the clearer difference of the two is
  /// judged, and m counts both.
  private static SortedMap<String, SelfTestComparison> clearest(SelfTestReport report) {
    var byPValue = Comparator.comparingDouble(SelfTestJudge::pValue);
    return report.getComparisons().stream()
        .collect(
            Collectors.toMap(
                comparison -> SelfTestSubject.of(comparison).text(),
                comparison -> comparison,
                (one, other) -> byPValue.compare(one, other) <= 0 ? one : other,
                TreeMap::new));
  }

  /// The smaller of the two p-values, corrected for there being two (Bonferroni).
  private static double pValue(SelfTestComparison comparison) {
    return Math.min(1, 2 * Math.min(comparison.getWallPValue(), comparison.getCpuPValue()));
  }

  /// Of wall and CPU time it states the one that differs more clearly; if both do alike, the one
  /// that differs more.
  private static SelfTestFinding finding(
      SelfTestComparison comparison, double evidenceDays, double limitDays) {
    var subject = SelfTestSubject.of(comparison);
    double wall = comparison.getServiceWallNanos() - comparison.getOtherWallNanos();
    double cpu = comparison.getServiceCpuNanos() - comparison.getOtherCpuNanos();
    int clearer = Double.compare(comparison.getWallPValue(), comparison.getCpuPValue());
    boolean isCpu = clearer > 0 || (clearer == 0 && Math.abs(cpu) > Math.abs(wall));
    return SelfTestFinding.newBuilder()
        .setCommand(subject.command())
        .setEnvironment(subject.environment())
        .setResource(isCpu ? SelfTestResource.CPU_TIME : SelfTestResource.WALL_TIME)
        .setRuns(comparison.getRuns())
        .setServiceNanos(isCpu ? comparison.getServiceCpuNanos() : comparison.getServiceWallNanos())
        .setOtherNanos(isCpu ? comparison.getOtherCpuNanos() : comparison.getOtherWallNanos())
        .setPValue(pValue(comparison))
        .setEvidenceDays(evidenceDays)
        .setLimitDays(limitDays)
        .build();
  }

  private static List<SelfTestStep> judge(
      SelfTestHistory history, SelfTestDifference found, double pValue, Instant at) {
    var known = known(history, found.getSubject());
    if (known.isPresent() && !known.get().getStanding()) {
      if (pValue <= NO_DIFFERENCE) {
        return List.of();
      }
      forget(history, found.getSubject());
      return known.get().getFinding().isPresent()
          ? List.of(new SelfTestStep(AlertState.RESOLVED, at, known.get()))
          : List.of();
    }
    if (known.isPresent()) {
      if (pValue > NO_DIFFERENCE) {
        forget(history, found.getSubject());
        return List.of();
      }
      known.get().getFoundMicros().ifPresent(found::setFoundMicros);
      known.get().getNotBeforeMicros().ifPresent(found::setNotBeforeMicros);
    }
    var finding = found.getFinding().orElseThrow();
    if (finding.getEvidenceDays() < finding.getLimitDays()) {
      return List.of();
    }
    if (history.getDifferences().size() >= MOST_DIFFERENCES) {
      return List.of();
    }
    put(history, found);
    // Confirmed at once: repeating a significant test does not make it more certain.
    return List.of(
        new SelfTestStep(AlertState.OPENED, at, found),
        new SelfTestStep(AlertState.CONFIRMED, at, found));
  }

  /// The difference on a subject that has an open alert, or that a person has accepted.
  public static Optional<SelfTestDifference> known(SelfTestHistory history, String subject) {
    return history.getDifferences().stream()
        .filter(difference -> difference.getSubject().equals(subject))
        .findFirst();
  }

  /// Ends the open alert on the subject. Another one opens there only after a self-test without a
  /// difference.
  ///
  /// @return empty if no alert is open
  public static Optional<SelfTestStep> accept(SelfTestHistory history, String subject, Instant at) {
    var step = dismiss(history, subject, at);
    step.ifPresent(
        accepted -> {
          var difference = SelfTestDifference.newBuilder(accepted.difference());
          put(history, difference.clearFinding().build());
        });
    return step;
  }

  /// Acknowledges the open alert on the subject. It stays open.
  ///
  /// @return empty if no alert is open
  public static Optional<SelfTestStep> dismiss(
      SelfTestHistory history, String subject, Instant at) {
    return known(history, subject)
        .filter(difference -> difference.getFinding().isPresent())
        .map(open -> new SelfTestStep(AlertState.ACKNOWLEDGED, at, open));
  }

  /// Undoes an acceptance: the next self-test with the difference opens an alert.
  ///
  /// @return false if nothing was accepted on the subject
  public static boolean rollBack(SelfTestHistory history, String subject) {
    var accepted =
        known(history, subject)
            .filter(known -> known.getFinding().isEmpty() && !known.getStanding());
    accepted.ifPresent(
        known -> {
          var standing = SelfTestDifference.newBuilder(known).setStanding(true).build();
          standing.setFoundMicros(
              known
                  .getFoundMicros()
                  .orElseGet(() -> ChronoUnit.MICROS.between(Instant.EPOCH, known.getOpenedAt())));
          put(history, standing);
        });
    return accepted.isPresent();
  }

  private static void put(SelfTestHistory history, SelfTestDifference difference) {
    forget(history, difference.getSubject());
    var differences = new ArrayList<>(history.getDifferences());
    differences.add(difference);
    differences.sort(BY_SUBJECT);
    history.setDifferences(differences);
  }

  private static void forget(SelfTestHistory history, String subject) {
    history.setDifferences(
        history.getDifferences().stream()
            .filter(difference -> !difference.getSubject().equals(subject))
            .toList());
  }
}
