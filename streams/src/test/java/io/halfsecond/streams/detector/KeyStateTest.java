package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.streams.histogram.Bins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStateTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/halfsecond/streams/detector");

  @ParameterizedTest
  @ValueSource(
      strings = {"fresh", "learning", "mature", "creeping", "open", "accepted", "rolled-back"})
  void should_read_and_write_the_bytes_of_version_3(String name) throws IOException {
    var file = GOLDEN.resolve("key-state-v3-" + name + ".hex");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, HexFormat.of().formatHex(made(name).toBytes()) + "\n");
    }
    byte[] golden = HexFormat.of().parseHex(Files.readString(file).strip());

    var state = KeyState.fromBytes(golden);

    assertThat(state.toBytes()).isEqualTo(golden);
    assertThat(made(name).toBytes()).isEqualTo(golden);
    assertThat(state.alertOpen()).isEqualTo(name.equals("open") || name.equals("creeping"));
  }

  @Test
  void should_take_less_than_700_bytes_when_a_key_is_mature() {
    var series = new Series(DetectorSettings.defaults(), deseasonalised(), 1);
    int largest = 0;
    for (int i = 0; i < 40_000; i++) {
      series.observe(series.preauth(), i % 7, 0.05).pause(Duration.ofMinutes(1));
      if (i > 20_000) {
        largest = Math.max(largest, series.state.toBytes().length);
      }
    }

    assertThat(series.state.anchor).isNotNull();
    assertThat(largest).isLessThan(700);
  }

  private static Context deseasonalised() {
    return new Context(
        new SignalSettings(Bins.WIDE, new DeadZone(0.10, 50e6), new DeadZone(0.04, 10e6), 0.2),
        Optional.empty(),
        true,
        1);
  }

  @Test
  void should_say_what_is_wrong_when_bytes_are_cut_short_or_too_long() {
    byte[] whole = made("open").toBytes();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> KeyState.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("detector state: ");
    }
    assertThatThrownBy(() -> KeyState.fromBytes(Arrays.copyOf(whole, whole.length + 2)))
        .hasMessage("detector state: 2 bytes too many");
  }

  @Test
  void should_name_the_version_when_it_is_not_known() {
    assertThatThrownBy(() -> KeyState.fromBytes(new byte[] {9, 0, 0}))
        .hasMessage("detector state: version 9, known is 3");
  }

  @Test
  void should_give_the_same_bits_when_replayed_through_bytes() {
    var straight = Series.likeTheDemo(9);
    var stored = Series.likeTheDemo(9);
    for (var series : List.of(straight, stored)) {
      for (int i = 0; i < 900; i++) {
        boolean slow = i > 300 && i < 500;
        series
            .observe(series.startup() + (slow ? 500e6 : 0))
            .pause(Duration.ofMillis(100 + series.random.nextInt(2_000)));
        if (series == stored) {
          series.state = KeyState.fromBytes(series.state.toBytes());
        }
      }
    }

    assertThat(straight.steps).hasSizeGreaterThan(2);
    assertThat(stored.steps).isEqualTo(straight.steps);
    assertThat(stored.state.toBytes()).isEqualTo(straight.state.toBytes());
  }

  /// The content of the golden files. A new version of the format gets new files, and these stay.
  private static KeyState made(String name) {
    return switch (name) {
      case "fresh" -> KeyState.fresh();
      case "learning" -> Series.likeTheDemo(1).learn(100).state;
      case "open" -> open().state;
      case "accepted" -> accepted().state;
      case "rolled-back" -> rolledBack().state;
      case "mature" -> mature().state;
      case "creeping" -> creeping().state;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Series open() {
    var series = Series.likeTheDemo(1).learn(100);
    for (int i = 0; i < 40; i++) {
      series.observe(series.startup() + 500e6, i % 2 + 1, 0.02).pause(Duration.ofMillis(2_400));
    }
    return series;
  }

  private static Series accepted() {
    var series = open();
    series.detector.accept(series.state, series.context, series.now);
    return series.learn(5);
  }

  private static Series rolledBack() {
    var series = accepted();
    series.shifted(5);
    series.detector.rollBack(series.state, series.context);
    return series;
  }

  private static Series mature() {
    var series = new Series(DetectorSettings.defaults(), deseasonalised(), 1);
    for (int i = 0; i < 12_000; i++) {
      series.observe(series.preauth(), i % 7, 0.05).pause(Duration.ofMinutes(1));
    }
    return series;
  }

  private static Series creeping() {
    var series = mature();
    while (!series.state.alertOpen()) {
      series.observe(1.15 * series.preauth() + 10e6, 3, 0.05).pause(Duration.ofMinutes(5));
    }
    return series.observe(1.15 * series.preauth() + 10e6, 3, 0.05);
  }
}
