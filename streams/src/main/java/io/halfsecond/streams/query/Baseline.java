package io.halfsecond.streams.query;

import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.util.Optional;

/// What is known of one signal of a host in one stratum.
///
/// @param signal its label, for example `startup`
/// @param stratum which connections, for example `all` or `publickey/failed`
/// @param unit of the quantiles: `nanoseconds` or `count`
/// @param connections in the baseline
/// @param quantiles of the baseline; empty if it has no connections
/// @param evidence that it has shifted, divided by the limit: an alert opens at 1
/// @param alertOpenSince when the open alert opened; empty if none is open
public record Baseline(
    String signal,
    String stratum,
    String unit,
    long connections,
    Optional<Quantiles> quantiles,
    double evidence,
    Optional<Instant> alertOpenSince) {

  /// Quantiles of the baseline, in its unit.
  public record Quantiles(double p5, double p50, double p95, double p99) {}

  /// @param hosts that share the budget of the fleet
  public static Baseline of(SignalKey key, KeyState state, DetectorSettings settings, long hosts) {
    var samples = state.baseline();
    var limit =
        new Detector(settings)
            .limitDays(
                new Context(
                    Signals.settings(key.signal(), key.stratum()),
                    Optional.empty(),
                    false,
                    Math.max(1, hosts)));
    return new Baseline(
        Signals.label(key.signal()),
        key.stratum(),
        Signals.unit(key.signal()) == Unit.COUNT ? "count" : "nanoseconds",
        samples.total(),
        samples.total() == 0
            ? Optional.empty()
            : Optional.of(quantiles(new Distribution(samples, Signals.bins(key.signal())))),
        state.evidenceRatio(limit),
        state.alertOpenedAt());
  }

  private static Quantiles quantiles(Distribution distribution) {
    return new Quantiles(
        distribution.quantile(0.05),
        distribution.median(),
        distribution.quantile(0.95),
        distribution.quantile(0.99));
  }
}
