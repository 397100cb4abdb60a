package io.halfsecond.streams.selftest;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.Surrounding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfTestStateTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/halfsecond/streams/selftest");

  @ParameterizedTest
  @ValueSource(strings = {"fresh", "quiet", "open", "accepted"})
  void should_read_and_write_the_bytes_of_version_1(String name) throws IOException {
    var file = GOLDEN.resolve("self-test-state-v1-" + name + ".hex");
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, HexFormat.of().formatHex(made(name).toBytes()) + "\n");
    }
    byte[] golden = HexFormat.of().parseHex(Files.readString(file).strip());

    assertThat(SelfTestState.fromBytes(golden).toBytes()).isEqualTo(golden);
    assertThat(made(name).toBytes()).isEqualTo(golden);
  }

  private static SelfTestState made(String name) {
    var state = SelfTestState.fresh();
    if (name.equals("fresh")) {
      return state;
    }
    double p = name.equals("quiet") ? 0.7 : 1e-12;
    SelfTestJudge.take(
        state,
        selfTest(
                1,
                START,
                comparison(Surrounding.TERMINAL, p).setServiceWallNanos(512.0 * MILLI),
                comparison(Surrounding.NO_LANGUAGE, p))
            .build(),
        24_350);
    if (name.equals("accepted")) {
      SelfTestJudge.accept(
          state, (stratum, _) -> stratum.endsWith("term-set"), START.plusSeconds(60));
    }
    return state;
  }

  @Test
  void should_keep_what_it_knows_across_its_bytes() {
    var state = SelfTestState.fromBytes(made("accepted").toBytes());

    assertThat(state.standings()).isEqualTo(made("accepted").standings());
    assertThat(state.standings().values().stream().map(Object::getClass))
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void should_say_what_is_wrong_when_bytes_are_cut_short_or_too_long() {
    byte[] whole = made("accepted").toBytes();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> SelfTestState.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("self-test state: ");
    }
    assertThatThrownBy(() -> SelfTestState.fromBytes(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many");
    assertThatThrownBy(() -> SelfTestState.fromBytes(new byte[] {9}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 9");
  }

  @FuzzTest(maxDuration = "30s")
  void should_refuse_or_write_back_any_bytes(byte[] bytes) {
    SelfTestState state;
    try {
      state = SelfTestState.fromBytes(bytes);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageStartingWith("self-test state: ");
      return;
    }
    assertThat(state.toBytes()).isEqualTo(bytes);
  }
}
