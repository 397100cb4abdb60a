package io.halfsecond.streams.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/// The rhythm of the week as a cohort knows it: with the error that comes of having estimated it.
///
/// @param log logarithm of a factor for each hour of the week
public record Season(List<Double> log) {
  private static final int HOURS = 168;
  private static final double HOUR_SECONDS = 3_600;
  /// As the production estimate does it: an hour with so many samples is believed half.
  private static final double HALF_BELIEVED = 30;

  public Season {
    log = List.copyOf(log);
  }

  /// From `weeks` of `hosts` that see the same waves, one sample a minute each. For every hour of the week the median of
  /// the samples over their hosts' medians.
  public static Season estimate(Model model, List<Wave> waves, int hosts, int weeks, RandomGenerator random) {
    var regime = new Regime("cohort", Timing.MINUTELY, 0, waves);
    int samples = weeks * HOURS * 60;
    var ratios = new ArrayList<DoubleStream.Builder>();
    for (int hour = 0; hour < HOURS; hour++) {
      ratios.add(DoubleStream.builder());
    }
    for (int host = 0; host < hosts; host++) {
      var source = new Source(regime, model, random, 0);
      double[] values = new double[samples];
      int[] hours = new int[samples];
      for (int i = 0; i < samples; i++) {
        source.next();
        values[i] = source.value();
        hours[i] = hourOf(source.second());
      }
      double median = median(values.clone());
      for (int i = 0; i < samples; i++) {
        ratios.get(hours[i]).add(values[i] / median);
      }
    }
    double[] logs = ratios.stream().mapToDouble(hour -> {
      double[] values = hour.build().toArray();
      return StrictMath.log(median(values)) * values.length / (values.length + HALF_BELIEVED);
    }).toArray();
    double mean = Arrays.stream(logs).average().orElse(0);
    return new Season(Arrays.stream(logs).mapToObj(x -> x - mean).toList());
  }

  double at(double second) {
    return log.get(hourOf(second));
  }

  private static int hourOf(double second) {
    return (int) ((long) (second / HOUR_SECONDS) % HOURS);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
