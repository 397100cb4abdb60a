package io.halfsecond.deploy.fleet;

import io.halfsecond.deploy.terminal.Columns;
import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.query.Baseline;
import io.halfsecond.streams.query.HostOverview;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Hosts and their baselines as tables.
public final class HostText {
  private static final List<String> HOSTS =
      List.of("HOST", "COHORT", "HEARD", "EVIDENCE", "ALERTS", "FILES SEEN");
  private static final List<String> BASELINES =
      List.of(
          "SIGNAL", "STRATUM", "CONNECTIONS", "5 %", "MEDIAN", "95 %", "99 %", "EVIDENCE", "ALERT");
  private static final String UNKNOWN = "–";

  private HostText() {}

  /// Hosts with most evidence first.
  public static List<String> hosts(List<HostOverview> hosts, Instant now) {
    var rows = new ArrayList<List<String>>();
    rows.add(HOSTS);
    hosts.stream()
        .sorted(
            Comparator.comparingDouble((HostOverview host) -> host.evidence().orElse(0.0))
                .reversed()
                .thenComparing(HostOverview::host))
        .forEach(
            host ->
                rows.add(
                    List.of(
                        host.host(),
                        host.cohort().isEmpty() ? UNKNOWN : host.cohort(),
                        ago(host.heard(), now) + (host.stopped() ? ", stopped" : ""),
                        host.evidence().map(HostText::share).orElse(UNKNOWN),
                        Long.toString(host.openAlerts()),
                        host.inspectedAt().map(at -> ago(at, now)).orElse("never"))));
    return Columns.lines(rows);
  }

  private static String ago(Instant then, Instant now) {
    var age = Duration.between(then, now);
    return age.isNegative() ? "now" : Words.span(age) + " ago";
  }

  /// The baselines of a host.
  public static List<String> baselines(List<Baseline> baselines) {
    var rows = new ArrayList<List<String>>();
    rows.add(BASELINES);
    for (var baseline : baselines) {
      rows.add(
          List.of(
              baseline.signal(),
              baseline.stratum(),
              Long.toString(baseline.connections()),
              amount(baseline, Baseline.Quantiles::p5),
              amount(baseline, Baseline.Quantiles::p50),
              amount(baseline, Baseline.Quantiles::p95),
              amount(baseline, Baseline.Quantiles::p99),
              share(baseline.evidence()),
              baseline.alertOpenSince().map(at -> "since " + Words.time(at)).orElse(UNKNOWN)));
    }
    return Columns.lines(rows);
  }

  private static String amount(Baseline baseline, ToDoubleFunction<Baseline.Quantiles> which) {
    return baseline
        .quantiles()
        .map(
            quantiles ->
                baseline.unit().equals("count")
                    ? String.format(Locale.ROOT, "%,.0f", which.applyAsDouble(quantiles))
                    : Words.nanos(which.applyAsDouble(quantiles)))
        .orElse(UNKNOWN);
  }

  /// Evidence as a share of its limit.
  private static String share(double evidence) {
    return String.format(Locale.ROOT, "%,.0f %%", 100 * evidence);
  }
}
