package io.halfsecond.streams.simulation;

import java.util.List;

/// A simulation without a change, in which samples need not be independent and identically
/// distributed.
///
/// @param autocorrelation of the normal scores of successive samples; it does not change the
///   marginal distribution
public record Regime(String name, Timing timing, double autocorrelation, List<Wave> waves) {
  public static final Regime IID = new Regime("iid", Timing.MINUTELY, 0, List.of());

  /// Logins of a burst share a level.
  public static final Regime BURSTS =
      new Regime(
          "bursts of 10 logins",
          Timing.BURSTS,
          0,
          List.of(new Wave.OfBursts(0.1, Timing.BURSTS.everySeconds())));

  public static final Wave DAYS = new Wave.OfDays(0.1);
  public static final Regime DIURNAL =
      new Regime("diurnal ±10 %, raw", Timing.MINUTELY, 0, List.of(DAYS));
  public static final Regime DRIFT =
      new Regime("drift 0.1 % a day", Timing.MINUTELY, 0, List.of(new Wave.Drift(0.001)));
  public static final Regime AUTOREGRESSIVE = new Regime("AR .6", Timing.MINUTELY, 0.6, List.of());

  /// For a [Tabulated] model.
  public static final Regime IN_RUNS =
      new Regime("AR .6, outliers in runs", Timing.MINUTELY, 0.6, List.of());

  private static final double FORGETS_SECONDS = 6 * 3_600;

  public Regime {
    waves = List.copyOf(waves);
  }

  public static Regime deseasonalised(Season season) {
    return new Regime(
        "diurnal ±10 %, deseasonalised",
        Timing.MINUTELY, 0, List.of(DAYS, new Wave.Without(season)));
  }

  /// @param sigma of the logarithm of a level with a correlation time of six hours
  public static Regime slowlyVarying(Season season, double sigma) {
    return new Regime(
        "deseasonalised + OU σ %.0f %%".formatted(100 * sigma),
        Timing.MINUTELY,
        0,
        List.of(DAYS, new Wave.Without(season), new Wave.MeanReverting(sigma, FORGETS_SECONDS)));
  }

  public Regime with(Timing other) {
    return new Regime(name, other, autocorrelation, waves);
  }
}
