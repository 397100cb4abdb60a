package io.halfsecond.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        7,
        '\n',
        '\r',
        '\t',
        0x1B,
        0x7F, // C0
        0x80,
        0x85,
        0x9B,
        0x9D,
        0x9F, // C1: NEL, CSI, OSC
        0xAD,
        0x61C,
        0x200B,
        0x200D,
        0x200E,
        0x200F,
        0xFEFF, // no width, marks of direction
        0x202A,
        0x202E,
        0x2066,
        0x2069, // overriding and isolating directions
        0x2028,
        0x2029, // separators of lines and paragraphs
        0xE0001,
        0xE0041, // tags, beyond 16 bits
        0xD800,
        0xDFFF // halves of pairs
      })
  void should_replace_what_has_no_shape(int c) {
    var text = "5.6.1" + (c < 0x10000 ? String.valueOf((char) c) : Character.toString(c)) + "-1";

    assertThat(Printable.of(text)).isEqualTo("5.6.1?-1");
    assertThat(Printable.lines(text)).isEqualTo(c == '\n' || c == '\t' ? text : "5.6.1?-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5.6.1-1+deb12u1", "sshd startup 8 ms → 511 ms (62×)", "Größe", "日本", "🙂"})
  void should_leave_other_text_as_it_is(String text) {
    assertThat(Printable.of(text)).isSameAs(text);
    assertThat(Printable.lines(text)).isSameAs(text);
    assertThat(Printable.json(text)).isSameAs(text);
  }

  @Test
  void should_cut_what_is_too_long_and_no_pair() {
    assertThat(Printable.of("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Printable.of("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(Printable.of("abcd🙂g", 6)).isEqualTo("abcd…");
    assertThat(Printable.of("x".repeat(1_000_000), 100)).hasSize(100);
  }

  @Test
  void should_escape_in_json_what_would_reach_a_terminal() {
    assertThat(Printable.json("{\"v\":\"a\u009Bb\u202Ec\u2028d\"}"))
        .isEqualTo("{\"v\":\"a\\u009Bb\\u202Ec\\u2028d\"}");
    assertThat(Printable.json("\"" + Character.toString(0xE0041) + "\""))
        .isEqualTo("\"\\uDB40\\uDC41\"");
    assertThat(Printable.json("{\n  \"a\": \"é\"\n}")).isEqualTo("{\n  \"a\": \"é\"\n}");
  }
}
