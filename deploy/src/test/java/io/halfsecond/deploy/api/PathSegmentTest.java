package io.halfsecond.deploy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSegmentTest {
  @ParameterizedTest
  @ValueSource(strings = {"web-17", "a+b", "a b", "a%2Bb", "a/b", "ü", "a?b#c&d=e"})
  void should_give_back_the_name(String name) {
    var segment = PathSegment.encoded(name);

    assertThat(segment).doesNotContain("+", "/", "?", "#", " ");
    assertThat(PathSegment.decoded(segment)).isEqualTo(name);
  }

  @Test
  void should_take_a_plus_sign_for_one() {
    assertThat(PathSegment.decoded("a+b%20c%2Bd")).isEqualTo("a+b c+d");
  }

  @Test
  void should_refuse_what_is_not_encoded_as_it_should_be() {
    assertThatThrownBy(() -> PathSegment.decoded("a%zz"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
