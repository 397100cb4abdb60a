package io.halfsecond.streams.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.detector.Context;
import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyStatesTest {
  @Test
  void should_leave_the_state_of_a_signal_that_only_a_newer_version_judges() {
    // given
    var store = new MapStore();
    var states = new KeyStates(store, 1);
    var key = new SignalKey("web-17", Signal.STARTUP, "accepted");
    states.put(key, KeyState.fresh());
    store.put("web-17/of-a-newer-version/accepted", new byte[] {99});

    // when, then
    assertThat(states.of("web-17")).containsExactly(key);
    assertThat(store.get("web-17/of-a-newer-version/accepted")).isEqualTo(new byte[] {99});
  }

  @Test
  void should_keep_the_bets_of_the_keys_used_last_only() {
    // given: a thousandth of the memory of a process
    var states = new KeyStates(new MapStore(), 1_000);
    var settings =
        new DetectorSettings(
            new Budget.PerHostYear(1), Optional.empty(), Duration.ofDays(1), 1_000, 20_000);
    var detector = new Detector(settings);
    var signal = Signals.settings(Signal.STARTUP, "all");
    var context = new Context(signal, Optional.empty(), true, 1);
    var keys =
        IntStream.range(0, 20)
            .mapToObj(n -> new SignalKey("web-" + n, Signal.STARTUP, "all"))
            .toList();
    var twins = keys.stream().map(_ -> KeyState.fresh()).toList();

    // when: mature keys are measured in turn
    var random = new SplittableRandom(5);
    for (int n = 0; n < 1_500; n++) {
      var at = Instant.parse("2024-03-29T00:00:00Z").plusSeconds(60L * n);
      for (int k = 0; k < keys.size(); k++) {
        var nanos = 8e6 * (1 + random.nextDouble(0.2));
        var sample = new Sample("id" + n, at, nanos, 1, 0.05);
        var state = states.get(keys.get(k));
        assertThat(detector.observe(state, context, sample)).isEmpty();
        states.put(keys.get(k), state);
        assertThat(detector.observe(twins.get(k), context, sample)).isEmpty();
      }
    }

    // then: the state does not depend on it
    assertThat(keys.stream().filter(key -> states.get(key).hasBets())).hasSizeLessThan(10);
    assertThat(twins).allMatch(KeyState::hasBets);
    for (int k = 0; k < keys.size(); k++) {
      assertThat(states.get(keys.get(k)).toBytes()).isEqualTo(twins.get(k).toBytes());
    }
  }
}
