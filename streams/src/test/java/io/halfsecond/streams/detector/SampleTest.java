package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void should_name_the_value_when_it_is_not_a_measurement(double nanos) {
    assertThatThrownBy(() -> new Sample("c1", Series.START, nanos, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample c1: a measurement must be finite and at least 0, not " + nanos);
  }
}
