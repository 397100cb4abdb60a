package io.halfsecond.deploy.page;

import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.metric.Present.SignalNow;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/// A signal now against its baseline, as a small plot on a logarithmic axis: the grey band has nine
/// of ten connections of the baseline, with a tick at their median; the line before it goes from
/// the median of the last minute, which is the dot, to its 95 % quantile.
final class Strip {
  private static final double WIDTH = 320;
  private static final double HEIGHT = 26;
  private static final double MARGIN = 6;

  /// So that a signal that has not moved is not drawn over the whole width.
  private static final double LEAST_RANGE = 4;

  private final SignalNow signal;
  private final double from;
  private final double to;

  private Strip(SignalNow signal, double from, double to) {
    this.signal = signal;
    this.from = from;
    this.to = to;
  }

  /// @return SVG; empty if nothing is known
  static String of(SignalNow signal) {
    var known =
        DoubleStream.of(
                signal.low().orElse(Double.NaN),
                signal.high().orElse(Double.NaN),
                signal.median().orElse(Double.NaN),
                signal.upper().orElse(Double.NaN))
            .filter(value -> value > 0)
            .summaryStatistics();
    if (known.getCount() == 0) {
      return "";
    }
    double widening =
        Math.max(1.1, Math.sqrt(Math.max(1, LEAST_RANGE / (known.getMax() / known.getMin()))));
    return new Strip(signal, known.getMin() / widening, known.getMax() * widening).svg();
  }

  private String svg() {
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\""
                + " role=\"img\"><title>%s</title>",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            title()));
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"axis\" x1=\"0\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>",
            WIDTH,
            HEIGHT / 2,
            HEIGHT / 2));
    if (signal.low().isPresent() && signal.high().isPresent()) {
      double left = x(signal.low().getAsDouble());
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"band\" x=\"%.1f\" y=\"3\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>",
              left,
              Math.max(2, x(signal.high().getAsDouble()) - left),
              HEIGHT - 6));
    }
    signal
        .usual()
        .ifPresent(
            usual ->
                svg.append(
                    String.format(
                        Locale.ROOT,
                        "<line class=\"usual\" x1=\"%.1f\" x2=\"%.1f\" y1=\"3\" y2=\"%.1f\"/>",
                        x(usual),
                        x(usual),
                        HEIGHT - 3)));
    signal.median().ifPresent(median -> svg.append(now(median)));
    return svg.append("</svg>").toString();
  }

  private String now(double median) {
    var style = isOutside(signal) ? "now out" : "now";
    double end = x(signal.upper().orElse(median));
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><circle class=\"%s\""
            + " cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>",
        style,
        x(median),
        end,
        HEIGHT / 2,
        HEIGHT / 2,
        style,
        x(median),
        HEIGHT / 2);
  }

  /// Whether the median of now is outside of the band of the baseline.
  static boolean isOutside(SignalNow signal) {
    return signal.median().isPresent()
        && (signal.high().orElse(Double.MAX_VALUE) < signal.median().getAsDouble()
            || signal.low().orElse(0) > signal.median().getAsDouble());
  }

  private String title() {
    return Html.text(
        "now %s, baseline %s"
            .formatted(figure(signal, signal.median()), figure(signal, signal.usual())));
  }

  /// A figure in the unit of its signal.
  static String figure(SignalNow signal, OptionalDouble value) {
    if (value.isEmpty()) {
      return "–";
    }
    return signal.seconds()
        ? Words.nanos(value.getAsDouble() * 1e9)
        : Html.count(value.getAsDouble());
  }

  private double x(double value) {
    double share = Math.log(Math.max(value, from) / from) / Math.log(to / from);
    return MARGIN + share * (WIDTH - 2 * MARGIN);
  }
}
