package io.halfsecond.streams.simulation;

import io.halfsecond.streams.detector.Prior;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Comparable hosts: each has the same model, multiplied by a factor of its own.
///
/// @param prior estimated from 50 of them
public record Cohort(Model model, Prior prior) {
  /// Standard deviation of the logarithms of these factors.
  private static final double APART = 0.2;

  private static final int HOSTS = 50;
  private static final int SAMPLES = 200;
  private static final int QUANTILES = 64;
  private static final double LOG_NANOS = StrictMath.log(1e6);

  public static Cohort of(Model model, RandomGenerator random) {
    double[] medians = new double[HOSTS];
    double[] ratios = new double[HOSTS * SAMPLES];
    for (int host = 0; host < HOSTS; host++) {
      var own = host(model, random);
      double[] logs =
          IntStream.range(0, SAMPLES)
              .mapToDouble(_ -> StrictMath.log(own.sample(random)))
              .sorted()
              .toArray();
      medians[host] = logs[SAMPLES / 2];
      for (int i = 0; i < SAMPLES; i++) {
        ratios[host * SAMPLES + i] = logs[i] - medians[host];
      }
    }
    Arrays.sort(ratios);
    double mean = Arrays.stream(medians).average().orElse(0);
    double squares = Arrays.stream(medians).map(x -> (x - mean) * (x - mean)).sum();
    List<Double> shape =
        IntStream.rangeClosed(0, QUANTILES)
            .mapToObj(i -> ratios[(int) ((long) i * (ratios.length - 1) / QUANTILES)])
            .toList();
    return new Cohort(model, new Prior(mean + LOG_NANOS, Math.sqrt(squares / (HOSTS - 1)), shape));
  }

  /// A new host of the cohort.
  public Model host(RandomGenerator random) {
    return host(model, random);
  }

  private static Model host(Model model, RandomGenerator random) {
    return new Model.Scaled(model, StrictMath.exp(APART * random.nextGaussian()));
  }
}
