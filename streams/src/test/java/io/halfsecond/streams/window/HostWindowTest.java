package io.halfsecond.streams.window;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.measurement.Measurement;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HostWindowTest {
  private static final long SEED = 0x20240329;

  private final SplittableRandom random = new SplittableRandom(SEED);

  private static Measurement measurement(Signal signal, double nanos) {
    return new Measurement(signal, "all", nanos, START, id(1), 0, 0);
  }

  /// Microseconds to hours.
  private double[] latencies(int count) {
    return random.doubles(count).map(u -> 1e3 * Math.pow(1e10, u)).toArray();
  }

  private static HostWindow windowOf(double[] values) {
    var window = HostWindow.empty();
    Arrays.stream(values).forEach(nanos -> window.add(measurement(Signal.STARTUP, nanos)));
    return window;
  }

  @Test
  void should_answer_every_quantile_within_one_percent() {
    for (int count : new int[] {1, 2, 10, 999}) {
      var values = latencies(count);
      var window = windowOf(values);
      Arrays.sort(values);

      for (double q : new double[] {0, 0.5, 0.95, 0.99, 1}) {
        double exact = values[Math.max(0, (int) Math.ceil(q * count) - 1)];
        assertThat(window.quantile(Signal.STARTUP, q))
            .as("%s of %s", q, count)
            .isCloseTo(exact, withinPercentage(1.0001));
      }
      assertThat(window.count(Signal.STARTUP)).isEqualTo(count);
    }
  }

  @Test
  void should_have_no_quantile_of_what_was_not_measured() {
    assertThatThrownBy(() -> HostWindow.empty().quantile(Signal.PREAUTH, 0.5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(HostWindow.empty().count(Signal.PREAUTH)).isZero();
  }
}
