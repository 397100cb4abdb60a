package io.halfsecond.streams.simulation;

import java.util.List;

/// The signals that are simulated.
public final class Models {
  /// Preauth phases: two kinds of clients, and 3 % with a Pareto-distributed time.
  public static final Model AUTH =
      new Model.Mixture(
          List.of(
              new Model.Part(0.97 * 0.82, new Model.Lognormal(290, 0.12)),
              new Model.Part(0.97 * 0.18, new Model.Lognormal(420, 0.20)),
              new Model.Part(0.03, new Model.Pareto(600, 1.3))));

  /// CPU time of a connection. Measured quantiles were 14.6, 19.3 and 21.1 ms (p50, p95, p99).
  public static final Model CPU = new Model.Lognormal(14.6, 0.16);

  /// The minimum of five times from connect to banner, each distributed as startup phases on a busy
  /// machine: 14.4, 23.4 and 26.0 ms.
  public static final Model PROBE = new Model.LeastOf(5, new Model.Lognormal(14.4, 0.30));

  private Models() {}
}
