package io.halfsecond.streams.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever became of the stored values of a host, it is judged on, anew where it must be.
class UnreadableStatesTest {
  private static final int MINUTES = 600;

  /// Version, marker and fingerprint: another version may have written a value whose begin differs.
  private static final int HEAD = 10;

  static Stream<UnaryOperator<byte[]>> damages() {
    return Stream.of(
        _ -> new byte[0],
        bytes -> Arrays.copyOf(bytes, bytes.length - 1),
        bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, HEAD + 1)),
        bytes -> Arrays.copyOf(bytes, bytes.length + 1),
        bytes -> filled(bytes, (byte) 0xFF),
        bytes -> filled(bytes, (byte) 0x7F),
        bytes -> filled(bytes, (byte) 0));
  }

  private static byte[] filled(byte[] bytes, byte with) {
    var damaged = bytes.clone();
    Arrays.fill(damaged, Math.min(HEAD, damaged.length), damaged.length, with);
    return damaged;
  }

  @ParameterizedTest
  @MethodSource("damages")
  void should_judge_on_with_any_value_damaged(UnaryOperator<byte[]> damage) {
    var host = new OneHost().live(MINUTES);

    assertThatCode(() -> host.copyOfDamaged(damage).live(MINUTES).slower(500).live(20))
        .doesNotThrowAnyException();
  }

  @Test
  void should_find_a_shift_after_it_has_begun_anew() {
    var anew = new OneHost().live(MINUTES).copyOfDamaged(_ -> new byte[0]);

    anew.live(MINUTES).slower(500).live(20);

    assertThat(anew.records()).isNotEmpty();
  }
}
