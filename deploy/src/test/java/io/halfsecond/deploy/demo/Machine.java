package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Whether the tests that need a real sshd can run here.
final class Machine {
  private Machine() {}

  /// Skips the test on a developer's machine that lacks something. Where it is promised that
  /// everything is there (CI is set to true), what is missing is a failure: a test that never runs
  /// proves nothing.
  static void assumeReady() {
    var missing = Prerequisites.missing();
    if ("true".equals(System.getenv("CI"))) {
      assertThat(missing).isEmpty();
    }
    assumeTrue(missing.isEmpty(), () -> "this machine lacks " + String.join("; ", missing));
  }
}
