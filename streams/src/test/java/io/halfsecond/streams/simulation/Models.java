package io.halfsecond.streams.simulation;

import java.util.List;

/// The signals that are simulated.
public final class Models {
  /// Preauth phases: two kinds of clients, and 3 % that take a Pareto-distributed time.
  public static final Model AUTH =
      new Model.Mixture(
          List.of(
              new Model.Part(0.97 * 0.82, new Model.Lognormal(290, 0.12)),
              new Model.Part(0.97 * 0.18, new Model.Lognormal(420, 0.20)),
              new Model.Part(0.03, new Model.Pareto(600, 1.3))));

  /// CPU time of a connection: quantiles of a real one were 14.6, 19.3 and 21.1 ms (p50, p95, p99).
  public static final Model CPU = new Model.Lognormal(14.6, 0.16);

  /// The least of five times from connect to banner, each as startup phases were on a machine that
  /// was busy: 14.4, 23.4 and 26.0 ms.
  public static final Model PROBE = new Model.LeastOf(5, new Model.Lognormal(14.4, 0.30));

  private Models() {}
}
