package io.halfsecond.collector.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TestEnvironmentTest {
  /// What a listener was started with, from a terminal by somebody who knows German.
  private static final Map<String, String> SERVICE =
      Map.of(
          "LANG",
          "de_DE.UTF-8",
          "LC_ALL",
          "de_DE.UTF-8",
          "TERM",
          "xterm",
          "NOTIFY_SOCKET",
          "/run/systemd/notify",
          "LD_PRELOAD",
          "/opt/lib.so");

  @Test
  void should_set_what_it_is_about_and_nothing_of_that_kind_besides() {
    assertThat(Stream.of(TestEnvironment.values()).map(TestEnvironmentTest::environment))
        .containsExactly(
            Map.of("LD_PRELOAD", "/opt/lib.so", "LANG", "C"),
            Map.of("LD_PRELOAD", "/opt/lib.so", "LANG", "C", "TERM", "xterm"),
            Map.of("LD_PRELOAD", "/opt/lib.so"),
            Map.of("LD_PRELOAD", "/opt/lib.so", "LANG", "C", "LD_DEBUG", "nothing"),
            Map.of("LD_PRELOAD", "/opt/lib.so", "LANG", "C"));
  }

  private static Map<String, String> environment(TestEnvironment kind) {
    var environment = new HashMap<>(SERVICE);
    kind.apply(environment);
    return environment;
  }
}
