package io.halfsecond.streams.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectQueryTest {
  private static final HostFile LZMA =
      new HostFile(
          "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1",
          "liblzma5",
          "xz-utils",
          "5.6.1-1",
          "6f".repeat(32),
          "7a".repeat(20),
          Set.of("monitor"),
          false,
          "debian-13");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "liblzma",
        "liblzma.so",
        "liblzma.so.5",
        "liblzma.so.5.6.1",
        "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1"
      })
  void should_find_a_file_by_its_path_and_by_its_name_with_and_without_version(String object) {
    assertThat(named(object).predicate().test(LZMA)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "libl",
        "lzma",
        "liblzma.so.5.6.10",
        "liblzma-extra",
        "/liblzma.so.5.6.1",
        "LIBLZMA"
      })
  void should_not_find_another(String object) {
    assertThat(named(object).predicate().test(LZMA)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "5.6.*,true",
    "5.?.1-1,true",
    "*,true",
    "5.6,false",
    "5X6.1-1,false",
    "5.6.*-2,false"
  })
  void should_read_stars_and_question_marks_in_versions(String version, boolean found) {
    var query =
        new ObjectQuery(
            Optional.empty(),
            Optional.of("liblzma5"),
            Optional.of(version),
            Optional.empty(),
            Optional.empty());
    assertThat(query.predicate().test(LZMA)).isEqualTo(found);
  }

  @Test
  void should_take_first_digits_of_hashes_and_refuse_what_is_none() {
    assertThat(hashed("6F6f6f").predicate().test(LZMA)).isTrue();
    assertThat(hashed("6f6f6e").predicate().test(LZMA)).isFalse();
    assertThatThrownBy(() -> hashed("6f"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sha256 must be 6 to 64 hexadecimal digits, not 6f");
  }

  private static ObjectQuery named(String object) {
    return new ObjectQuery(
        Optional.of(object),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static ObjectQuery hashed(String digits) {
    return new ObjectQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(digits),
        Optional.empty());
  }
}
