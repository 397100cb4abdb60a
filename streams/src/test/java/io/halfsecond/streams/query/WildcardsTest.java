package io.halfsecond.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTest {
  @ParameterizedTest
  @CsvSource({
    "*,'',true",
    "'','',true",
    "?,'',false",
    "a*b*c,aXbYc,true",
    "a*b*c,acb,false",
    "*ab,aab,true",
    "a?c,abc,true",
    "a?c,ac,false",
    "web-*,web-,true",
    "[a],a,false",
    ".*,x,false"
  })
  void should_match_as_a_person_expects(String pattern, String text, boolean matches) {
    assertThat(Wildcards.matches(pattern, text)).isEqualTo(matches);
  }

  @Test
  void should_end_for_any_number_of_stars() {
    assertThat(Wildcards.matches("*a".repeat(1_000) + "b", "a".repeat(5_000))).isFalse();
  }
}
