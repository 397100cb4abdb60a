package io.halfsecond.deploy.probe;

import io.halfsecond.collector.probe.ProbePhase;
import io.halfsecond.collector.selftest.Comparison;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.schemas.ProbeOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Probe and self-test as tables, each with a verdict in words.
public final class ProbeText {
  private static final double NANOS_PER_MILLI = 1e6;

  private ProbeText() {}

  /// @param local whether the self-test of that host follows
  public static List<String> of(ProbeSummary summary, boolean local) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s%s: %d probe%s"
            .formatted(
                summary.target(),
                summary.server().map(" (%s)"::formatted).orElse(""),
                summary.count(),
                summary.count() == 1 ? "" : "s"));
    if (!summary.phases().isEmpty()) {
      lines.add("%-16s%12s%12s%12s".formatted("", "minimum", "median", "p95"));
      for (var phase : ProbePhase.values()) {
        var times = summary.phases().get(phase);
        if (times != null) {
          lines.add(
              "%-16s%12s%12s%12s"
                  .formatted(
                      name(phase),
                      millis(times.minimum()),
                      millis(times.median()),
                      millis(times.p95())));
        }
      }
    }
    lines.add(verdict(summary, local));
    return lines;
  }

  /// @param results not empty
  public static List<String> of(List<SelfTestResult> results) {
    var lines = new ArrayList<String>();
    lines.add("self-test: median CPU time, as a service and in another environment");
    results.stream()
        .collect(
            Collectors.groupingBy(
                result -> result.trial().toString(), TreeMap::new, Collectors.toList()))
        .forEach(
            (trial, mine) -> {
              lines.add("%s, %d times each".formatted(trial, mine.getFirst().runs()));
              for (var result : mine) {
                var cpu = result.comparison(Measure.CPU);
                lines.add(
                    "  %-16s%12s%12s   %s"
                        .formatted(
                            result.environment().label(),
                            millis(cpu.usual()),
                            millis(cpu.other()),
                            result.differs() ? "differs" : "the same"));
              }
            });
    lines.add(verdict(results));
    return lines;
  }

  private static String verdict(ProbeSummary summary, boolean local) {
    if (summary.outcomes().containsKey(ProbeOutcome.ACCEPTED)) {
      return "The server let in a user who does not exist, with a key that nobody knows.";
    }
    if (summary.slowBanner().isPresent()) {
      return "The banner takes %s; 5 to 30 ms are common.%s"
          .formatted(
              millis(summary.slowBanner().getAsLong()),
              local ? "" : " Run halfsecond probe on that host for the self-test.");
    }
    if (summary.complete()) {
      return "Every user was refused, as expected; banner latency is normal.";
    }
    return summary.outcomes().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> "%d %s".formatted(entry.getValue(), words(entry.getKey())))
            .collect(Collectors.joining(", "))
        + summary.detail().map(": "::concat).orElse("")
        + ".";
  }

  private static String verdict(List<SelfTestResult> results) {
    return results.stream()
        .filter(SelfTestResult::differs)
        .min(Comparator.comparingDouble(SelfTestResult::pValue))
        .map(
            result -> {
              var most =
                  result.comparisons().stream()
                      .min(Comparator.comparingDouble(Comparison::pValue))
                      .orElseThrow();
              return String.format(
                  Locale.ROOT,
                  "%s takes %s of %s as a service and %s with %s (p = %.1g): it behaves differently"
                      + " when it may be observed.",
                  result.trial().program(),
                  millis(most.usual()),
                  most.measure() == Measure.CPU ? "CPU" : "time",
                  millis(most.other()),
                  result.environment().label(),
                  result.pValue());
            })
        .orElse("Every program costs the same in every environment.");
  }

  static String words(ProbeOutcome outcome) {
    return switch (outcome) {
      case REFUSED -> "refused";
      case ACCEPTED -> "let in";
      case THROTTLED -> "turned away for too many connections";
      case UNREACHABLE -> "not connected";
      case TIMED_OUT -> "timed out";
      case NOT_SSH -> "not answered by an ssh server";
      case CLOSED -> "closed by the server";
      case FAILED -> "failed in negotiation";
      case UNKNOWN -> "with an outcome that this version does not know";
    };
  }

  private static String name(ProbePhase phase) {
    return switch (phase) {
      case CONNECT -> "connect";
      case BANNER -> "banner";
      case KEX -> "key exchange";
      case AUTH -> "authentication";
    };
  }

  private static String millis(long nanos) {
    return millis((double) nanos);
  }

  private static String millis(double nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / NANOS_PER_MILLI);
  }
}
