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

  @ParameterizedTest
  @CsvSource({"5.6.*,5.6.", "*,''", "'',''", "?5.6?1-*,5.6", "5.6.1-1,5.6.1-1", "*a*,a"})
  void should_know_the_longest_text_of_all_that_matches(String pattern, String text) {
    assertThat(Wildcards.longestText(pattern)).isEqualTo(text);
  }

  @Test
  void should_end_for_any_number_of_stars() {
    assertThat(Wildcards.matches("*a".repeat(1_000) + "b", "a".repeat(5_000))).isFalse();
  }
}
