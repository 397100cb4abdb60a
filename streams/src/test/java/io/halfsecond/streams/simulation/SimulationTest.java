package io.halfsecond.streams.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.streams.simulation.rival.EwmaOfLogs;
import io.halfsecond.streams.simulation.rival.FiveInARow;
import io.halfsecond.streams.simulation.rival.KolmogorovSmirnov;
import io.halfsecond.streams.simulation.rival.NpFocus;
import io.halfsecond.streams.simulation.rival.OracleCusum;
import io.halfsecond.streams.simulation.rival.RankCusum;
import io.halfsecond.streams.simulation.rival.Rival;
import io.halfsecond.streams.simulation.rival.RollingMean;
import io.halfsecond.streams.simulation.rival.RollingMedian;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Properties of the simulated series and of the other detectors that the tables of the benchmark
/// rely on.
class SimulationTest {
  private static final Seed SEED = new Seed(7);

  static List<Model> models() {
    return List.of(
        Models.AUTH,
        Models.CPU,
        Models.PROBE,
        new Tabulated(Models.AUTH),
        new SignalChange.DelayOfSome(0.02, 500).of(Models.AUTH),
        new SignalChange.Spread(1.3).of(Models.AUTH),
        new SignalChange.Factor(10).of(Models.CPU));
  }

  private static double[] draw(Regime regime, Model model, int count) {
    var source = new Source(regime, model, SEED.of("draw", 0), 0);
    return DoubleStream.generate(() -> source.next().value()).limit(count).toArray();
  }

  @ParameterizedTest
  @MethodSource("models")
  void should_draw_as_the_distribution_says(Model model) {
    double[] drawn = draw(Regime.IID, model, 40_000);

    for (double q : new double[] {0.05, 0.5, 0.9, 0.99}) {
      double quantile = model.quantile(q);
      assertThat(Arrays.stream(drawn).filter(x -> x < quantile).count() / 40_000.0)
          .isCloseTo(q, within(0.01));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void should_have_the_density_that_its_distribution_has(Model model) {
    for (double q : new double[] {0.05, 0.3, 0.7}) {
      double x = model.quantile(q);
      double h = x * 1e-4;
      double slope = (model.below(x + h) - model.below(x - h)) / (2 * h);
      assertThat(StrictMath.exp(model.logDensity(x)))
          .isCloseTo(slope, Percentage.withPercentage(0.1));
    }
  }

  @Test
  void should_give_the_same_series_whatever_else_is_drawn_when_the_seed_is_the_same() {
    double[] first = draw(Regime.BURSTS, Models.AUTH, 100);
    SEED.of("something else", 3).nextDouble();

    assertThat(draw(Regime.BURSTS, Models.AUTH, 100)).isEqualTo(first);
    assertThat(new Seed(8).of("draw", 0).nextLong()).isNotEqualTo(SEED.of("draw", 0).nextLong());
  }

  @Test
  void should_be_as_correlated_as_said_and_distributed_as_before_when_autoregressive() {
    double[] logs =
        Arrays.stream(draw(Regime.AUTOREGRESSIVE, Models.CPU, 100_000))
            .map(StrictMath::log)
            .toArray();

    double mean = Arrays.stream(logs).average().orElseThrow();
    double variance = Arrays.stream(logs).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    double covariance =
        IntStream.range(1, logs.length)
            .mapToDouble(i -> (logs[i] - mean) * (logs[i - 1] - mean))
            .average()
            .orElseThrow();
    assertThat(covariance / variance).isCloseTo(0.6, within(0.02));
    assertThat(Math.sqrt(variance)).isCloseTo(0.16, within(0.005));
  }

  @Test
  void should_leave_a_percent_of_the_rhythm_when_a_cohort_knows_it() {
    var season = Season.estimate(Models.AUTH, List.of(Regime.DAYS), 10, 3, SEED.of("rhythm", 0));
    var days = Regime.DAYS.begin(SEED.of("days", 0));

    double squares =
        IntStream.range(0, 168)
            .mapToDouble(
                hour -> {
                  double middle = (hour + 0.5) * 3_600;
                  return StrictMath.pow(days.at(middle) - season.at(middle), 2);
                })
            .average()
            .orElseThrow();

    assertThat(Math.sqrt(squares)).isLessThan(0.02);
  }

  @Test
  void should_know_the_information_of_a_shift_of_a_normal_distribution() {
    var alternative =
        new Alternative(
            new Model.Lognormal(100, 0.2), new Model.Lognormal(100 * StrictMath.exp(0.1), 0.2));

    assertThat(alternative.information()).isCloseTo(0.125, within(1e-6));
    assertThat(alternative.lordenBound(StrictMath.exp(5))).isCloseTo(40, within(1e-3));
  }

  @Test
  void should_find_the_threshold_of_the_run_length_asked_for() {
    var runs =
        IntStream.range(0, 400)
            .mapToObj(
                run -> {
                  var random = SEED.of("climb", run);
                  var climb = new Climb();
                  IntStream.range(0, 1_000).forEach(_ -> climb.add(random.nextDouble()));
                  return climb;
                })
            .toList();
    var calibration = new Calibration(runs);

    double threshold = calibration.threshold(2_000);

    assertThat(threshold).isCloseTo(1 - 1.0 / 2_000, within(1e-4));
    assertThat(calibration.averageRunLength(threshold)).isGreaterThanOrEqualTo(2_000);
  }

  static List<Function<double[], Rival>> rivals() {
    var oracle = new Alternative(Models.AUTH, new SignalChange.Delay(500).of(Models.AUTH));
    return List.of(
        FiveInARow::new,
        EwmaOfLogs::new,
        KolmogorovSmirnov::new,
        learnt -> new RankCusum(learnt, RankCusum.scores(learnt.length)),
        learnt -> new NpFocus(learnt, NpFocus.Over.SUM),
        learnt -> new NpFocus(learnt, NpFocus.Over.MAX),
        _ -> new OracleCusum(oracle),
        _ -> new RollingMedian());
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void should_rise_above_all_before_when_everything_takes_half_a_second_longer(
      Function<double[], Rival> trained) {
    var source = new Source(Regime.IID, Models.AUTH, SEED.of("rivals", 0), 0);
    var rival =
        trained.apply(IntStream.range(0, 2_000).mapToDouble(_ -> source.next().value()).toArray());
    double before =
        IntStream.range(0, 2_000).mapToDouble(_ -> observe(rival, source)).max().orElseThrow();

    source.become(new SignalChange.Delay(500).of(Models.AUTH));
    double after =
        IntStream.range(0, 100).mapToDouble(_ -> observe(rival, source)).max().orElseThrow();

    assertThat(after).isGreaterThan(1.5 * before);
  }

  private static double observe(Rival rival, Source source) {
    return rival.observe(source.next().second(), source.value());
  }

  @Test
  void should_never_exceed_the_root_of_the_window_when_a_sample_is_part_of_its_own_mean() {
    var rival = new RollingMean();
    double highest =
        IntStream.range(0, 60)
            .mapToDouble(i -> rival.observe(60.0 * i, i == 59 ? 1e9 : 1))
            .max()
            .orElseThrow();

    assertThat(highest).isCloseTo(Math.sqrt(59), within(1e-6));
  }
}
