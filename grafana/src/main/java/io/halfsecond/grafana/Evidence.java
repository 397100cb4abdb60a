package io.halfsecond.grafana;

/// Evidence as a share of the limit, for a logarithmic axis.
final class Evidence {
  /// What is less is shown as this: it means nothing to a reader.
  static final double LEAST = 0.001;

  private Evidence() {}

  static String atLeast(String promql) {
    return "clamp_min(%s, %s)".formatted(promql, LEAST);
  }
}
