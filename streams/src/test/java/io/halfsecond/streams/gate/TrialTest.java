package io.halfsecond.streams.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrialTest {
  private static final String STARTUP = "startup/all";
  private static final Instant BEGIN = Given.START.plus(Trial.SETTLING);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Path GOLDEN =
      Path.of("src/test/resources/io/halfsecond/streams/gate/trial-v1.hex");

  private final SplittableRandom random = new SplittableRandom(20240329);

  static TrialChange liblzma() {
    return new TrialChange(
        new Trait(ChangeKind.OBJECT, "liblzma", Given.hash(5)), "liblzma5 5.6.1-1", Given.START);
  }

  /// 8 ms, spread 10 %.
  private double startup() {
    return 8e6 * Math.exp(0.1 * random.nextGaussian());
  }

  private Map<String, Histogram> past() {
    return Map.of(STARTUP, samples(400));
  }

  private Histogram samples(int count) {
    var samples = new Histogram();
    for (int i = 0; i < count; i++) {
      samples.add(Bins.WIDE.binOf(startup()), 1);
    }
    return samples;
  }

  private Trial alone() {
    return Trial.of("web-17", List.of(liblzma()), past());
  }

  private Trial accompanied() {
    var trial = alone();
    trial.join("web-18", past());
    trial.join("web-19", past());
    return trial;
  }

  private static List<TrialKey.Pair> pairs(Trial trial) {
    return trial.keys().getFirst().pairs();
  }

  /// The host and its companions log in, one a minute each.
  private void live(Trial trial, int minutes, double extra) {
    for (int i = 1; i <= minutes; i++) {
      var at = BEGIN.plus(MINUTE.multipliedBy(i));
      trial.take(STARTUP, at, startup() + extra);
      trial.takeOf("web-18", STARTUP, at.plusSeconds(7), startup());
      trial.takeOf("web-19", STARTUP, at.plusSeconds(20), startup());
    }
  }

  private static double median(Trial trial) {
    return pairs(trial).stream()
        .mapToDouble(TrialKey.Pair::difference)
        .sorted()
        .skip(pairs(trial).size() / 2)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void should_measure_by_how_much_a_host_became_slower() {
    var trial = accompanied();

    live(trial, 150, 5e6);

    assertThat(pairs(trial)).hasSize(TrialKey.MOST_PAIRS);
    assertThat(median(trial)).isCloseTo(5e6, within(1e6));
  }

  @Test
  void should_be_as_often_above_as_below_when_nothing_has_changed() {
    int above = 0;
    int pairs = 0;
    for (int i = 0; i < 40; i++) {
      var trial = accompanied();
      live(trial, 110, 0);
      above += (int) pairs(trial).stream().filter(pair -> pair.difference() > 0).count();
      pairs += pairs(trial).size();
    }

    // 4,000 pairs: 3.5 standard deviations.
    assertThat(above / (double) pairs).isCloseTo(0.5, within(0.028));
  }

  /// All lie in one bin, so a comparison of their values with the middle of the bin would not be
  /// symmetric.
  @Test
  void should_be_as_often_above_as_below_when_values_do_not_vary() {
    var past = new Histogram();
    past.add(Bins.WIDE.binOf(8e6), 200);
    int above = 0;
    for (int i = 0; i < 40; i++) {
      var trial = Trial.of("web-" + i, List.of(liblzma()), Map.of(STARTUP, past));
      for (int n = 1; n <= 100; n++) {
        trial.take(STARTUP, BEGIN.plus(MINUTE.multipliedBy(n)), 8e6);
      }
      above += (int) pairs(trial).stream().filter(pair -> pair.difference() > 0).count();
    }

    assertThat(above / 4_000.0).isCloseTo(0.5, within(0.028));
  }

  @Test
  void should_not_take_a_common_drift_for_a_change_when_there_is_a_companion() {
    var trial = alone();
    trial.join("web-18", past());

    for (int i = 1; i <= 110; i++) {
      var at = BEGIN.plus(MINUTE.multipliedBy(i));
      trial.take(STARTUP, at, startup() + 1e6 * i / 10);
      trial.takeOf("web-18", STARTUP, at.plusSeconds(7), startup() + 1e6 * i / 10);
    }

    assertThat(median(trial)).isCloseTo(0, within(0.6e6));
  }

  @Test
  void should_compare_with_its_own_past_alone_when_it_never_had_a_companion() {
    var trial = alone();

    live(trial, 20, 0);

    assertThat(trial.isAccompanied()).isFalse();
    assertThat(pairs(trial)).hasSize(20).allMatch(pair -> pair.companion() == TrialKey.ALONE);
  }

  @Test
  void should_use_each_measurement_once() {
    var trial = accompanied();

    trial.takeOf("web-18", STARTUP, BEGIN.plusSeconds(10), startup());
    trial.take(STARTUP, BEGIN.plusSeconds(20), startup());
    trial.take(STARTUP, BEGIN.plusSeconds(100), startup());
    trial.takeOf("web-19", STARTUP, BEGIN.plusSeconds(120), startup());
    trial.takeOf("web-18", STARTUP, BEGIN.plusSeconds(130), startup());

    assertThat(pairs(trial)).extracting(TrialKey.Pair::companion).containsExactly(0, 1);
  }

  @Test
  void should_take_one_measurement_a_minute_of_a_burst() {
    var trial = alone();

    for (int i = 0; i < 120; i++) {
      trial.take(STARTUP, BEGIN.plusSeconds(i), startup());
    }

    assertThat(pairs(trial)).hasSize(2);
  }

  @Test
  void should_pair_only_measurements_of_the_same_hour() {
    var trial = accompanied();

    trial.take(STARTUP, BEGIN.plusSeconds(1), startup());
    trial.takeOf("web-18", STARTUP, BEGIN.plus(Duration.ofMinutes(61)), startup());
    assertThat(pairs(trial)).isEmpty();

    trial.take(STARTUP, BEGIN.plus(Duration.ofMinutes(70)), startup());
    assertThat(pairs(trial)).hasSize(1);
  }

  @Test
  void should_ignore_measurements_before_it_begins_and_after_it_is_over() {
    var trial = alone();

    assertThat(trial.take(STARTUP, BEGIN.minusSeconds(1), startup())).isFalse();
    assertThat(trial.take(STARTUP, BEGIN.plus(Trial.LENGTH).plusSeconds(1), startup())).isFalse();
    assertThat(trial.take("preauth/publickey/accepted", BEGIN.plusSeconds(1), startup())).isFalse();
    assertThat(trial.takeOf("web-18", STARTUP, BEGIN.plusSeconds(1), startup())).isFalse();
  }

  @Test
  void should_take_no_key_whose_past_is_too_short_or_that_counts() {
    var trial =
        Trial.of(
            "web-17",
            List.of(liblzma()),
            Map.of(
                STARTUP, samples(29), "cpu-startup/all", samples(30), "faults/all", samples(99)));

    assertThat(trial.subjects()).containsExactly("cpu-startup/all");
    assertThat(Trial.takes(Signal.FAULTS)).isFalse();
  }

  @Test
  void should_drop_what_a_companion_brought_since_it_has_changed() {
    var trial = alone();
    trial.join("web-18", past());
    live(trial, 20, 0);
    int before = pairs(trial).size();
    var changed = BEGIN.plus(MINUTE.multipliedBy(10));

    trial.leave("web-18", changed);

    assertThat(pairs(trial))
        .hasSizeBetween(before / 2 - 2, before / 2 + 2)
        .allMatch(pair -> pair.micros() < 600_000_000L);
    assertThat(trial.companions()).isEmpty();
    assertThat(trial.takeOf("web-18", STARTUP, changed, startup())).isFalse();
  }

  @Test
  void should_go_on_alone_when_its_companions_have_left_and_with_another_that_joins() {
    var trial = alone();
    trial.join("web-18", past());
    live(trial, 5, 0);
    trial.leave("web-18", BEGIN.plus(Duration.ofMinutes(6)));
    assertThat(trial.isAccompanied()).isTrue();

    trial.take(STARTUP, BEGIN.plus(Duration.ofMinutes(7)), startup());
    trial.join("web-20", past());
    trial.take(STARTUP, BEGIN.plus(Duration.ofMinutes(8)), startup());
    trial.takeOf("web-20", STARTUP, BEGIN.plus(Duration.ofMinutes(9)), startup());

    assertThat(pairs(trial))
        .extracting(TrialKey.Pair::companion)
        .containsExactly(0, 0, 0, 0, 0, TrialKey.ALONE, 1);
    assertThat(trial.isAccompanied()).isFalse();
  }

  @Test
  void should_refuse_a_companion_too_many() {
    var trial = accompanied();
    trial.join("web-20", past());

    assertThatThrownBy(() -> trial.join("web-21", past())).hasMessage("web-21 cannot join");
  }

  @Test
  void should_know_who_has_its_changes_too() {
    assertThat(alone().isAbout(fingerprint(5))).isTrue();
    assertThat(alone().isAbout(fingerprint(2))).isFalse();
  }

  private static HostFingerprint fingerprint(int content) {
    return Given.fingerprint(0, Given.START)
        .setObjects(Given.objects(Given.liblzma("5.6.1", content)))
        .build();
  }

  /// Random calls, with a stored and read trial beside the one in memory.
  @Test
  void should_go_on_with_the_same_bits_when_stored_and_read() {
    for (int seed = 0; seed < 30; seed++) {
      var dice = new SplittableRandom(seed);
      var straight = accompanied();
      var stored = Trial.fromBytes(straight.toBytes());
      for (int i = 0; i < 300; i++) {
        var at = BEGIN.plusSeconds(dice.nextInt(12_000));
        double value = startup();
        int who = dice.nextInt(4);
        boolean leaves = dice.nextInt(400) == 0;
        for (var trial : List.of(straight, stored)) {
          if (leaves) {
            trial.leave("web-18", at);
          } else if (who == 0) {
            trial.takeOf("web-18", STARTUP, at, value);
          } else if (who == 1) {
            trial.takeOf("web-19", STARTUP, at, value);
          } else {
            trial.take(STARTUP, at, value);
          }
        }
        stored = Trial.fromBytes(stored.toBytes());
      }

      assertThat(pairs(straight)).hasSizeGreaterThan(10);
      assertThat(pairs(stored)).isEqualTo(pairs(straight));
      assertThat(stored.toBytes()).isEqualTo(straight.toBytes());
      assertThat(stored.changes()).isEqualTo(straight.changes());
      assertThat(stored.begin()).isEqualTo(straight.begin());
      assertThat(stored.companions()).isEqualTo(straight.companions());
    }
  }

  /// What the class comment promises: 13 bytes a pair, and what is left to draw.
  @Test
  void should_take_less_than_1700_bytes_with_one_key() {
    var trial = accompanied();
    int largest = 0;
    for (int i = 1; i < 110; i++) {
      live(trial, i, 0);
      largest = Math.max(largest, trial.toBytes().length);
    }

    assertThat(pairs(trial)).hasSize(TrialKey.MOST_PAIRS);
    assertThat(largest).isLessThan(1_700);
  }

  @Test
  void should_read_and_write_the_bytes_of_version_1() throws IOException {
    var made = accompanied();
    live(made, 20, 3e6);
    made.leave("web-18", BEGIN.plusSeconds(300));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(GOLDEN, HexFormat.of().formatHex(made.toBytes()) + "\n");
    }
    byte[] golden = HexFormat.of().parseHex(Files.readString(GOLDEN).strip());

    assertThat(made.toBytes()).isEqualTo(golden);
    assertThat(Trial.fromBytes(golden).toBytes()).isEqualTo(golden);
  }

  @Test
  void should_say_what_is_wrong_when_bytes_are_cut_short_or_of_another_version() {
    byte[] whole = accompanied().toBytes();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Trial.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("trial: ");
    }
    assertThatThrownBy(() -> Trial.fromBytes(new byte[] {9}))
        .hasMessage("trial: version 9, known is 1");
  }

  @Test
  void should_be_selected_by_package_object_configuration_kernel_or_host() {
    var changes =
        List.of(
            liblzma(),
            new TrialChange(new Trait(ChangeKind.PACKAGE, "libc6", "2.36-9"), "", Given.START),
            new TrialChange(new Trait(ChangeKind.KERNEL, "kernel", "6.1.0-20"), "", Given.START),
            new TrialChange(
                new Trait(ChangeKind.CONFIGURATION, "sshd_config", "ab"), "", Given.START));

    for (var taken :
        List.of(
            TrialFilter.ofPackage("liblzma5", Optional.of("5.6.1-1")),
            TrialFilter.ofPackage("liblzma5", Optional.empty()),
            TrialFilter.ofPackage("libc6", Optional.of("2.36-9")),
            TrialFilter.ofPackage("libc6", Optional.empty()),
            TrialFilter.ofObject("liblzma", Optional.empty()),
            TrialFilter.ofObject("liblzma", Optional.of(Given.hash(5))),
            TrialFilter.ofConfiguration(Optional.of("ab")),
            TrialFilter.ofKernel(Optional.of("6.1.0-20")),
            TrialFilter.ofKernel(Optional.empty()),
            TrialFilter.ofHosts(Set.of("web-17")))) {
      assertThat(taken.takes("web-17", changes)).isTrue();
    }
    for (var left :
        List.of(
            TrialFilter.ofPackage("liblzma5", Optional.of("5.6.1")),
            TrialFilter.ofPackage("liblzma", Optional.empty()),
            TrialFilter.ofPackage("libc6", Optional.of("2.36-8")),
            TrialFilter.ofObject("liblzma5", Optional.empty()),
            TrialFilter.ofObject("liblzma", Optional.of(Given.hash(6))),
            TrialFilter.ofConfiguration(Optional.of("cd")),
            TrialFilter.ofKernel(Optional.of("6.1.0-21")),
            TrialFilter.ofHosts(Set.of("web-18")),
            TrialFilter.ofHosts(Set.of("web-17")).and(TrialFilter.ofKernel(Optional.of("6.1"))))) {
      assertThat(left.takes("web-17", changes)).isFalse();
    }
  }
}
