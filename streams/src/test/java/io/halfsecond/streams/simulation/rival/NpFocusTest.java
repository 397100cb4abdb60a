package io.halfsecond.streams.simulation.rival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Seed;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NpFocusTest {
  private static final int LEARNT = 200;
  private static final int CHANGE = 100;

  @Test
  void should_be_the_largest_likelihood_ratio_over_all_times_of_a_change_though_it_prunes() {
    var random = new Seed(7).of("pruned", 0);
    double[] values =
        IntStream.range(0, LEARNT + 150)
            .mapToDouble(i -> Models.AUTH.sample(random) + (i < LEARNT + CHANGE ? 0 : 50))
            .toArray();
    double[] learnt = IntStream.range(0, LEARNT).mapToDouble(i -> values[i]).toArray();
    var sum = new NpFocus(learnt, NpFocus.Over.SUM);
    var max = new NpFocus(learnt, NpFocus.Over.MAX);

    for (int n = LEARNT; n < values.length; n++) {
      double sumNow = sum.observe(0, values[n]);
      double maxNow = max.observe(0, values[n]);

      double[] ratios = ratios(values, n + 1, new Ranks(learnt));
      assertThat(sumNow)
          .isCloseTo(
              IntStream.range(0, ratios.length).mapToDouble(i -> ratios[i]).sum(), within(1e-6));
      assertThat(maxNow)
          .isCloseTo(
              IntStream.range(0, ratios.length).mapToDouble(i -> ratios[i]).max().orElse(0),
              within(1e-6));
    }
  }

  /// For each quantile, with every change point tried.
  private static double[] ratios(double[] values, int now, Ranks learnt) {
    return IntStream.range(0, NpFocus.QUANTILES)
        .mapToDouble(
            quantile -> {
              double threshold = learnt.quantile(NpFocus.share(quantile, LEARNT));
              return IntStream.range(LEARNT, now)
                      .mapToDouble(
                          change ->
                              likelihood(values, 0, change, threshold)
                                  + likelihood(values, change, now, threshold))
                      .max()
                      .orElse(0)
                  - likelihood(values, 0, now, threshold);
            })
        .toArray();
  }

  private static double likelihood(double[] values, int from, int to, double threshold) {
    int n = to - from;
    int below = (int) IntStream.range(from, to).filter(i -> values[i] < threshold).count();
    return entropy(below) + entropy(n - below) - entropy(n);
  }

  private static double entropy(int n) {
    return n == 0 ? 0 : n * StrictMath.log(n);
  }
}
