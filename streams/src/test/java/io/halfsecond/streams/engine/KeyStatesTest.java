package io.halfsecond.streams.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.store.MapStore;
import org.junit.jupiter.api.Test;

class KeyStatesTest {
  @Test
  void should_leave_the_state_of_a_signal_that_only_a_newer_version_judges() {
    // given
    var store = new MapStore();
    var states = new KeyStates(store);
    var key = new SignalKey("web-17", Signal.STARTUP, "accepted");
    states.put(key, KeyState.fresh());
    store.put("web-17/of-a-newer-version/accepted", new byte[] {99});

    // when, then
    assertThat(states.of("web-17")).containsExactly(key.text());
    assertThat(store.get("web-17/of-a-newer-version/accepted")).isEqualTo(new byte[] {99});
  }
}
