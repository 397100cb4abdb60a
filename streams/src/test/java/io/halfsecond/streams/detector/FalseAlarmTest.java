package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The guaranteed rate of false alarms, on series in which nothing changes. The limit is lowered to
/// days, so that the nominal number of alarms is large enough for a comparison.
class FalseAlarmTest {
  enum Dependence {
    IID,
    TAILS,
    BURSTS,
    AUTOREGRESSIVE
  }

  /// One sample a minute (bursts: ten within a minute, every ten minutes). A new key begins after
  /// 20 days or an alarm, so a good part of the time is spent learning, with a small reference.
  @ParameterizedTest
  @CsvSource({
    "IID, 0, 2, 400",
    "TAILS, 0, 2, 400",
    "TAILS, 0.10, 5, 400",
    "BURSTS, 0.10, 5, 400",
    "AUTOREGRESSIVE, 0.10, 5, 400"
  })
  void should_alarm_no_more_often_than_nominal_when_nothing_changes(
      Dependence dependence, double deadZone, double limitDays, int days) {
    // With a short quarantine, a key has a committed baseline for most of its 20 days.
    var settings =
        new DetectorSettings(
            new Budget.PerHostYear(365.25 / limitDays),
            Optional.of(Duration.ofMinutes(1)),
            Duration.ofDays(1),
            1_000,
            20_000);
    double nominal = days / limitDays;
    int alarms = 0;
    int minutes = days * 1_440;
    int keyMinutes = 20 * 1_440;

    for (int done = 0, seed = 0; done < minutes; seed++) {
      var series = new Series(settings, Series.alone(new DeadZone(deadZone, 0), 1), seed);
      var source = new Generator(dependence, series.random);
      int minute = 0;
      while (minute < keyMinutes && done < minutes && series.steps.isEmpty()) {
        if (dependence != Dependence.BURSTS) {
          series.observe(source.next());
        } else if (minute % 10 == 0) {
          source.startBurst();
          for (int i = 0; i < 10; i++) {
            series.observe(source.next());
          }
        }
        series.pause(Duration.ofMinutes(1));
        minute++;
        done++;
      }
      alarms += series.steps.isEmpty() ? 0 : 1;
    }

    assertThat((double) alarms)
        .as("%s: alarms, nominal %.0f", dependence, nominal)
        .isLessThanOrEqualTo(nominal);
  }

  private static final class Generator {
    private final Dependence dependence;
    private final RandomGenerator random;
    private double level;

    private Generator(Dependence dependence, RandomGenerator random) {
      this.dependence = dependence;
      this.random = random;
    }

    /// Logins of a burst share a level.
    private void startBurst() {
      level = 0.1 * random.nextGaussian();
    }

    private double next() {
      return switch (dependence) {
        case IID -> lognormal();
        case TAILS ->
            random.nextDouble() < 0.03
                ? 600e6 * Math.pow(1 - random.nextDouble(), -1 / 1.3)
                : lognormal();
        case BURSTS -> 290e6 * Math.exp(level + 0.12 * random.nextGaussian());
        case AUTOREGRESSIVE -> {
          level = 0.6 * level + 0.8 * random.nextGaussian();
          yield 290e6 * Math.exp(0.12 * level);
        }
      };
    }

    private double lognormal() {
      return 290e6 * Math.exp(0.15 * random.nextGaussian());
    }
  }
}
