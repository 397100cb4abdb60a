package io.halfsecond.streams.metric;

import io.halfsecond.schemas.Alert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/// What an instance of the topology shows now, for a person: its open alerts and its hosts.
///
/// @param alerts open and not dismissed, incidents first, each kind with the newest onset first
/// @param hosts those with most evidence first
public record Present(List<Alert> alerts, List<Host> hosts) {
  /// @param cohort empty if it is not known
  /// @param evidence divided by its limit: an alert opens at 1
  /// @param signals by label; of a host without details startup alone, without a baseline
  /// @param changes newest first
  public record Host(
      String name,
      String cohort,
      double evidence,
      Optional<Instant> heartbeat,
      Map<String, SignalNow> signals,
      List<Changed> changes) {}

  /// Quantiles in seconds, or in page faults.
  ///
  /// @param low the 5 % quantile of the baseline
  /// @param usual its median
  /// @param high its 95 % quantile
  /// @param median of one minute, or of five if there is none
  /// @param upper the 95 % quantile of the same time
  public record SignalNow(
      boolean seconds,
      OptionalDouble low,
      OptionalDouble usual,
      OptionalDouble high,
      OptionalDouble median,
      OptionalDouble upper) {}

  /// What changed on a host, in words.
  public record Changed(Instant at, String kind, String change) {}

  private static final String SIGNAL = "signal";
  private static final Set<Metric> QUANTILES =
      Set.of(Meters.SIGNAL, Meters.FAULTS, Meters.BASELINE, Meters.BASELINE_FAULTS);
  private static final List<String> WINDOWS = List.of("1m", "5m");

  static Present of(List<Alert> alerts, List<Board.Reading> readings) {
    var byHost = new TreeMap<String, List<Board.Reading>>();
    for (var reading : readings) {
      var host = reading.tag("host");
      if (!host.isEmpty()) {
        byHost.computeIfAbsent(host, _ -> new ArrayList<>()).add(reading);
      }
    }
    return new Present(
        alerts,
        byHost.entrySet().stream()
            .map(host -> host(host.getKey(), host.getValue()))
            .sorted(Comparator.comparingDouble(Host::evidence).reversed().thenComparing(Host::name))
            .toList());
  }

  public Optional<Host> host(String name) {
    return hosts.stream().filter(host -> host.name.equals(name)).findFirst();
  }

  private static Host host(String name, List<Board.Reading> readings) {
    String cohort = "";
    double evidence = 0;
    Optional<Instant> heartbeat = Optional.empty();
    var changes = new ArrayList<Changed>();
    var ofSignals = new TreeMap<String, List<Board.Reading>>();
    for (var reading : readings) {
      var metric = reading.metric();
      if (metric.equals(Meters.HOST_DETAILS)) {
        cohort = reading.tag("cohort");
      } else if (metric.equals(Meters.HOST_EVIDENCE)) {
        evidence = reading.value();
      } else if (metric.equals(Meters.HEARTBEAT)) {
        heartbeat = Optional.of(instant(reading));
      } else if (metric.equals(Meters.HOST_CHANGE)) {
        changes.add(new Changed(instant(reading), reading.tag("kind"), reading.tag("change")));
      } else if (QUANTILES.contains(metric)) {
        ofSignals.computeIfAbsent(reading.tag(SIGNAL), _ -> new ArrayList<>()).add(reading);
      }
    }
    changes.sort(
        Comparator.comparing(Changed::at)
            .reversed()
            .thenComparing(Changed::kind)
            .thenComparing(Changed::change));
    var signals = new TreeMap<String, SignalNow>();
    ofSignals.forEach((signal, figures) -> signals.put(signal, signal(figures)));
    return new Host(name, cohort, evidence, heartbeat, signals, changes);
  }

  private static Instant instant(Board.Reading seconds) {
    return Instant.ofEpochMilli(Math.round(seconds.value() * 1e3));
  }

  private static SignalNow signal(List<Board.Reading> figures) {
    boolean seconds =
        figures.stream()
            .map(Board.Reading::metric)
            .noneMatch(
                metric -> metric.equals(Meters.FAULTS) || metric.equals(Meters.BASELINE_FAULTS));
    return new SignalNow(
        seconds,
        find(figures, "", "0.05"),
        find(figures, "", "0.5"),
        find(figures, "", "0.95"),
        newest(figures, "0.5"),
        newest(figures, "0.95"));
  }

  private static OptionalDouble newest(List<Board.Reading> figures, String quantile) {
    return WINDOWS.stream()
        .map(window -> find(figures, window, quantile))
        .filter(OptionalDouble::isPresent)
        .findFirst()
        .orElse(OptionalDouble.empty());
  }

  /// @param window empty for the baseline
  private static OptionalDouble find(List<Board.Reading> figures, String window, String quantile) {
    return figures.stream()
        .filter(
            figure ->
                figure.tag("window").equals(window) && figure.tag("quantile").equals(quantile))
        .mapToDouble(Board.Reading::value)
        .findFirst();
  }
}
